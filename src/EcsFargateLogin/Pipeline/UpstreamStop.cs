using System.Management.Automation;
using System.Reflection;
using System.Runtime.ExceptionServices;

namespace EcsFargateLogin.Pipeline;

/// <summary>Tells why a later command let nothing more through, and lets earlier ones know that nothing more is wanted.</summary>
internal static class UpstreamStop
{
    private const BindingFlags Internal = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;

    /// <summary>
    /// Whether a later command has what it was given and only wants no more, as with Select-Object -First.
    /// </summary>
    /// <param name="exception">What WriteObject has thrown.</param>
    /// <param name="runtime">The runtime of the command that wrote.</param>
    /// <returns>False also when it cannot be told.</returns>
    public static bool IsContent(Exception exception, ICommandRuntime runtime) =>
        exception is PipelineStoppedException && ReasonOf(runtime) is { } reason && IsUpstreamStop(reason);

    /// <summary>Whether an error, a break or Ctrl+C has ended the pipeline. What ended it before it could tell, is not seen here.</summary>
    public static bool HasFailed(ICommandRuntime runtime) => ReasonOf(runtime) is { } reason && !IsUpstreamStop(reason);

    /// <summary>
    /// Ends the earlier commands of a pipeline, as Select-Object -First does. Where PowerShell has changed its ways, they run on
    /// and what they write is not used.
    /// </summary>
    /// <param name="cmdlet">The cmdlet that wants no more.</param>
    public static void Request(PSCmdlet cmdlet)
    {
        var constructor = typeof(PSCmdlet).Assembly.GetType("System.Management.Automation.StopUpstreamCommandsException")
            ?.GetConstructors(Internal)
            .FirstOrDefault(each => each.GetParameters() is [var only] && only.ParameterType.IsInstanceOfType(cmdlet));
        if (constructor?.Invoke([cmdlet]) is FlowControlException stop)
        {
            throw stop;
        }
    }

    private static bool IsUpstreamStop(Exception reason) => reason.GetType().Name == "StopUpstreamCommandsException";

    /// <summary>
    /// Commands before Select-Object -First see the same exception as those before an error. What made the pipeline
    /// stop is known to PowerShell alone, which keeps it in members that are not public.
    /// </summary>
    private static Exception? ReasonOf(ICommandRuntime runtime)
    {
        var pipeline = runtime.GetType().GetProperty("PipelineProcessor", Internal)?.GetValue(runtime);
        var reason = pipeline?.GetType().GetField("_firstTerminatingError", Internal)?.GetValue(pipeline);
        return (reason as ExceptionDispatchInfo)?.SourceException;
    }
}
