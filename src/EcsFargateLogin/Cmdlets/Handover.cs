using System.Collections;
using System.Management.Automation;

namespace EcsFargateLogin.Cmdlets;

/// <summary>Hands a session on to the later commands of a pipeline.</summary>
internal static class Handover
{
    /// <summary>Writes the session, and says when it has become somebody else's.</summary>
    /// <param name="cmdlet">The cmdlet that has it.</param>
    /// <param name="session">The session.</param>
    /// <param name="done">Called when a later command or a variable has it; not called when nobody does.</param>
    public static void Write(PSCmdlet cmdlet, FargateSession session, Action done)
    {
        var latestError = LatestError(cmdlet);
        try
        {
            cmdlet.WriteObject(session);
        }
        catch (Exception e) when (WantsNoMore(cmdlet, e, latestError))
        {
            done();
            throw;
        }

        done();
    }

    /// <summary>
    /// Whether a later command has the session and only wants no more, as with break and Select-Object -First. The
    /// latter stops the commands before it just as an error after them does, but without an entry in $Error.
    /// </summary>
    private static bool WantsNoMore(PSCmdlet cmdlet, Exception e, object? latestError) => e switch
    {
        FlowControlException => true,
        PipelineStoppedException => !cmdlet.Stopping && ReferenceEquals(LatestError(cmdlet), latestError),
        _ => false,
    };

    private static object? LatestError(PSCmdlet cmdlet) =>
        cmdlet.SessionState.PSVariable.GetValue("global:Error") is ArrayList { Count: > 0 } errors ? errors[0] : null;
}
