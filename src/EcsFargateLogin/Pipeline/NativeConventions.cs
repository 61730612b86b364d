using System.Collections;
using System.Management.Automation;
using System.Reflection;

namespace EcsFargateLogin.Pipeline;

/// <summary>
/// Treats a remote program as PowerShell treats a native one: its standard error is no error, and its exit code decides $?.
/// PowerShell has no public member for either: see <see cref="PowerShellInternals"/>.
/// </summary>
internal static class NativeConventions
{
    /// <summary>
    /// Writes a line of standard error to the error stream. It neither ends the command, whatever $ErrorActionPreference says,
    /// nor comes to $Error, nor makes $? false. This command's -ErrorAction can suppress it, and its -ErrorVariable receives it.
    /// </summary>
    public static void WriteErrorLine(PSCmdlet cmdlet, ErrorRecord line)
    {
        var runtime = cmdlet.CommandRuntime;
        if (PowerShellInternals.WriteError is not { } write || FailureOf(runtime) is not var (pipeline, failed))
        {
            cmdlet.WriteError(line);
            return;
        }

        var failedBefore = failed.GetValue(pipeline);
        // Not as a native program's line, because those are not added to -ErrorVariable and, without a redirection, go to
        // standard output.
        write.Invoke(runtime, BindingFlags.DoNotWrapExceptions, null, [line, PreferenceOf(cmdlet), false], null);
        failed.SetValue(pipeline, failedBefore);
        if (cmdlet.SessionState.PSVariable.GetValue("global:Error") is IList { Count: > 0 } errors
            && ReferenceEquals(errors[0], line))
        {
            errors.RemoveAt(0);
        }
    }

    /// <summary>Makes $? false after a pipeline in which a program has ended with another exit code than 0.</summary>
    public static void NoteFailure(PSCmdlet cmdlet)
    {
        if (FailureOf(cmdlet.CommandRuntime) is var (pipeline, failed))
        {
            failed.SetValue(pipeline, true);
        }
    }

    private static ActionPreference PreferenceOf(PSCmdlet cmdlet) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue("ErrorAction", out var given)
        && given is ActionPreference and (ActionPreference.SilentlyContinue or ActionPreference.Ignore)
            ? (ActionPreference)given
            : ActionPreference.Continue;

    private static (object Pipeline, PropertyInfo Failed)? FailureOf(ICommandRuntime runtime) =>
        PowerShellInternals.PipelineOf(runtime) is { } pipeline && PowerShellInternals.ExecutionFailed is { } failed
            ? (pipeline, failed)
            : null;
}

/// <summary>The stream for the lines that a command writes to standard error.</summary>
public enum StandardErrorTarget
{
    /// <summary>To the error stream.</summary>
    Error,

    /// <summary>Between the lines of standard output, in the order in which they were written.</summary>
    Output,
}
