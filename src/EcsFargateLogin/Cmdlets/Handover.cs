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
        try
        {
            cmdlet.WriteObject(session);
        }
        catch (Exception e) when (UpstreamStop.IsContent(e, cmdlet.CommandRuntime))
        {
            done();
            throw;
        }

        done();
    }
}
