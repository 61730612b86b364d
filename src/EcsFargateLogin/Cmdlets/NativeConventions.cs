using System.Collections;
using System.Management.Automation;
using System.Reflection;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Treats a remote program as PowerShell treats a native one: its standard error is no error, and its exit code decides $?.
/// PowerShell has no public member for either; where its internal ones have changed, lines are ordinary errors, and errors alone
/// decide.
/// </summary>
internal static class NativeConventions
{
    private const BindingFlags Internal = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;

    /// <summary>
    /// Writes a line of standard error to the error stream. It neither ends the command, whatever $ErrorActionPreference says, nor
    /// comes to $Error, nor makes $? false. Of this very command's parameters, -ErrorAction can leave it out, and -ErrorVariable
    /// gets it.
    /// </summary>
    public static void WriteErrorLine(PSCmdlet cmdlet, ErrorRecord line)
    {
        var runtime = cmdlet.CommandRuntime;
        var type = runtime.GetType();
        var write = type.GetMethod(
            "_WriteErrorSkipAllowCheck", Internal, [typeof(ErrorRecord), typeof(ActionPreference?), typeof(bool)]);
        var append = type.GetMethod("AppendErrorToVariables", Internal, [typeof(object)]);
        if (write is null || append is null || FailureOf(runtime) is not var (pipeline, failed))
        {
            cmdlet.WriteError(line);
            return;
        }

        var bound = cmdlet.MyInvocation.BoundParameters;
        var action = bound.TryGetValue("ErrorAction", out var given) ? given as ActionPreference? : null;
        if (action is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore))
        {
            var failedBefore = failed.GetValue(pipeline);
            write.Invoke(runtime, BindingFlags.DoNotWrapExceptions, null, [line, ActionPreference.Continue, true], null);
            failed.SetValue(pipeline, failedBefore);
        }

        var errors = cmdlet.SessionState.PSVariable.GetValue("global:Error") as IList ?? Array.Empty<object>();
        if (action != ActionPreference.Ignore && bound.ContainsKey("ErrorVariable") && !IsLatest(errors, line))
        {
            append.Invoke(runtime, [line]);
        }

        if (IsLatest(errors, line))
        {
            errors.RemoveAt(0);
        }
    }

    private static bool IsLatest(IList errors, ErrorRecord line) => errors.Count > 0 && ReferenceEquals(errors[0], line);

    /// <summary>Makes $? false after a pipeline in which a program has ended with another exit code than 0.</summary>
    public static void NoteFailure(PSCmdlet cmdlet)
    {
        if (FailureOf(cmdlet.CommandRuntime) is var (pipeline, failed))
        {
            failed.SetValue(pipeline, true);
        }
    }

    private static (object Pipeline, PropertyInfo Failed)? FailureOf(ICommandRuntime runtime) =>
        runtime.GetType().GetProperty("PipelineProcessor", Internal)?.GetValue(runtime) is { } pipeline
        && pipeline.GetType().GetProperty("ExecutionFailed", Internal) is { } failed
            ? (pipeline, failed)
            : null;
}
