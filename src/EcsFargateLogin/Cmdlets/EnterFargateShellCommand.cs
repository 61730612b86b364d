using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Sessions;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Opens a shell in a session's container: waits until its SSH server answers, runs ssh in this terminal, and stops the
/// session afterwards, whatever happened. The exit code of ssh, and so of the shell, is in $LASTEXITCODE.
/// </summary>
[Cmdlet(VerbsCommon.Enter, "FargateShell")]
[OutputType(typeof(void))]
public sealed partial class EnterFargateShellCommand : LoginCmdlet
{
    /// <summary>Sessions, as New-FargateSession returns them. Several are entered one after the other.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public FargateSession[] Session { get; set; } = [];

    /// <summary>Opens the shells of this record's sessions.</summary>
    protected override void ProcessRecord()
    {
        foreach (var session in Session)
        {
            Guard(session, () => LogIn(session, "shell", cloud => RunShell(cloud, session)));
        }
    }

    private void RunShell(IFargateCloud cloud, FargateSession session)
    {
        var log = SshLog.PathFor(session);
        SshLog.Clear(log);
        var arguments = SshCommandLine.ForShell(EndpointOf(session), Options, log, !Console.IsInputRedirected);
        WriteVerbose(CommandText.Of(Ssh, arguments));
        session.Timing.Shell ??= DateTimeOffset.UtcNow;
        WriteVerbose($"{session}: {session.Timing}");
        var (exitCode, stoppedTask) = RunInTerminal(cloud, session, arguments);
        SessionState.PSVariable.Set("global:LASTEXITCODE", exitCode);
        var messages = SshLog.Read(log);
        WriteLog(messages);
        if (exitCode == SshProcess.ConnectionFailed && Await((_, cancellationToken) =>
            LostConnection.ExplainAsync(cloud, session, messages, stoppedTask, cancellationToken)) is { } error)
        {
            throw error;
        }

        if (exitCode != 0 && LanguagePrimitives.IsTrue(GetVariableValue("PSNativeCommandUseErrorActionPreference")))
        {
            throw FargateErrors.RemoteProgramFailed(session, exitCode);
        }
    }

    /// <summary>Shows ssh's log. The debug lines that the module itself has asked for are for nobody's eyes.</summary>
    private void WriteLog(IReadOnlyList<string> messages)
    {
        var wantsDebug = Options.Any(option => option.IsOf(SshCommandLine.LogLevel.Name));
        foreach (var message in messages.Where(message => wantsDebug || !SshLog.IsDebug(message)))
        {
            WriteVerbose($"ssh: {message}");
        }
    }

    private (int ExitCode, TaskDescription? StoppedTask) RunInTerminal(
        IFargateCloud cloud, FargateSession session, IReadOnlyList<string> arguments)
    {
        Host.NotifyBeginApplication();
        try
        {
            return Record(session, transcript =>
            {
                WatchedShell shell = new(new ShellWatch(cloud, session, new ShellWatchOptions())) { Transcript = transcript };
                return Await((progress, cancellationToken) => shell.RunAsync(Ssh, arguments, progress, cancellationToken));
            });
        }
        finally
        {
            Host.NotifyEndApplication();
        }
    }

    private protected override void Show(SessionEvent happened)
    {
        if (happened is ShellNotice notice)
        {
            TerminalNotice.Write(notice.Text);
        }
        else
        {
            base.Show(happened);
        }
    }
}
