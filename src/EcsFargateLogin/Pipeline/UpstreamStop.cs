using System.Management.Automation;
using System.Reflection;
using System.Runtime.ExceptionServices;

namespace EcsFargateLogin.Pipeline;

/// <summary>Finds out why a pipeline was stopped, and stops the earlier commands of one.</summary>
internal static class UpstreamStop
{
    /// <summary>Whether a later command has processed its input and only wants no more, as Select-Object -First does.</summary>
    /// <param name="exception">The exception that WriteObject has thrown.</param>
    /// <param name="runtime">The runtime of the command that wrote.</param>
    /// <returns>False also when the reason is not known.</returns>
    public static bool IsContent(Exception exception, ICommandRuntime runtime) =>
        exception is PipelineStoppedException && ReasonOf(runtime) is { } reason && PowerShellInternals.IsUpstreamStop(reason);

    /// <summary>
    /// Whether an error, a break or Ctrl+C has ended the pipeline. An end without a recorded reason is not detected.
    /// </summary>
    public static bool HasFailed(ICommandRuntime runtime) =>
        ReasonOf(runtime) is { } reason && !PowerShellInternals.IsUpstreamStop(reason);

    /// <summary>
    /// Ends the earlier commands of a pipeline, as Select-Object -First does.
    /// </summary>
    /// <param name="cmdlet">The cmdlet that wants no more input.</param>
    public static void Request(PSCmdlet cmdlet) => Request(cmdlet, PowerShellInternals.StopUpstreamCommands);

    /// <inheritdoc cref="Request(PSCmdlet)"/>
    /// <param name="cmdlet">The cmdlet that wants no more input.</param>
    /// <param name="createStop">
    /// Creates the exception that ends them; null in a PowerShell without it, where nothing happens.
    /// </param>
    internal static void Request(PSCmdlet cmdlet, ConstructorInfo? createStop)
    {
        if (createStop?.Invoke([cmdlet]) is FlowControlException stop)
        {
            throw stop;
        }
    }

    /// <summary>
    /// Commands before Select-Object -First see the same exception as those before an error. Only PowerShell knows the reason,
    /// in members that are not public.
    /// </summary>
    private static Exception? ReasonOf(ICommandRuntime runtime)
    {
        var pipeline = PowerShellInternals.PipelineOf(runtime);
        var reason = pipeline is null ? null : PowerShellInternals.FirstTerminatingError?.GetValue(pipeline);
        return (reason as ExceptionDispatchInfo)?.SourceException;
    }
}
