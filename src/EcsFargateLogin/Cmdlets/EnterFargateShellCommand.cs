using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Pipeline;
using EcsFargateLogin.Shells;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Opens a shell in a session's container: waits until its SSH server answers, runs ssh in this terminal, and stops a
/// session that was started in the same pipeline, whatever happened. When the connection is lost in a terminal, it logs in
/// again as soon as the network is back. The exit code of ssh, and so of the shell, is in $LASTEXITCODE. Where the
/// session's transport is ECS Exec, the shell is opened through AWS, without ssh; so are those in tasks that run already.
/// </summary>
[Cmdlet(VerbsCommon.Enter, "FargateShell", DefaultParameterSetName = SessionSet,
    HelpUri = HelpPages.Folder + "Enter-FargateShell.md")]
[OutputType(typeof(void))]
public sealed partial class EnterFargateShellCommand : RunningTaskCmdlet
{
    private const string SessionSet = "Session";

    /// <summary>Sessions, as New-FargateSession returns them, or their ids. Several are entered one after the other.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = SessionSet,
        HelpMessage = "Sessions, as New-FargateSession returns them, or their ids.")]
    [SessionArgument(IsNeededHere = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public FargateSession[] Session { get; set; } = [];

    /// <summary>
    /// Opens the shell in tmux or screen, where the image has one of them: after a lost connection, or with -KeepSession the next
    /// time, it is the same shell with everything that runs there. $LASTEXITCODE is then that program's.
    /// </summary>
    [Parameter(HelpMessage = "Opens the shell in tmux or screen, so that it survives its connection.")]
    public SwitchParameter Resumable { get; set; }

    /// <summary>Opens the shells of this record's sessions.</summary>
    protected override void ProcessRecord()
    {
        OwnOrKeep(Session);
        foreach (var session in IsForRunningTasks ? FindRunningTasks() : Session)
        {
            // Until a shell has ended: where none is opened, the exit code of an earlier program would pass for its own.
            SessionState.PSVariable.Set("global:LASTEXITCODE", SshProcess.ConnectionFailed);
            Guard(session, () => LogIn(session, cloud => RunShell(cloud, session)));
        }
    }

    private protected override string WorkName => "shell";

    private void RunShell(IFargateCloud cloud, FargateSession session)
    {
        session.Timing.Shell ??= DateTimeOffset.UtcNow;
        WriteVerbose($"{session}: {session.Timing}");
        var exitCode = session.OpenTransport == FargateTransport.EcsExec ? RunEcsExec(cloud, session) : RunSsh(cloud, session);
        if (exitCode == 0)
        {
            return;
        }

        NativeConventions.NoteFailure(this);
        if (LanguagePrimitives.IsTrue(GetVariableValue("PSNativeCommandUseErrorActionPreference")))
        {
            throw ShellErrors.RemoteProgramFailed(session, exitCode);
        }
    }

    private int RunSsh(IFargateCloud cloud, FargateSession session)
    {
        var end = Record(session, transcript => RunSshWithReconnects(cloud, session, transcript), end => end.ExitCode);
        if (end.ExitCode == SshProcess.ConnectionFailed && Await((_, cancellationToken) =>
            LostConnection.ExplainAsync(cloud, session, end.Messages, end.StoppedTask, cancellationToken)) is { } error)
        {
            throw error;
        }

        return end.ExitCode;
    }

    /// <summary>Runs ssh, and again after each lost connection.</summary>
    private ShellEnd RunSshWithReconnects(
        IFargateCloud cloud, FargateSession session, Transcript? transcript)
    {
        var end = RunSsh(cloud, session, transcript);
        while (MayReconnect(session, end))
        {
            Reconnection reconnection = new(cloud, session);
            if (Await((_, cancellationToken) => reconnection.FindStoppedTaskAsync(cancellationToken)) is { } task)
            {
                return end with { StoppedTask = task };
            }

            if (!WaitForReturn(session, reconnection))
            {
                break;
            }

            // A login that fails because the network is down again counts as another lost connection.
            var next = RunSsh(cloud, session, transcript);
            end = next with { WasOpen = true };
        }

        return end;
    }

    private ShellEnd RunSsh(IFargateCloud cloud, FargateSession session, Transcript? transcript)
    {
        var log = SshLog.NewPathIn(session.Folder!);
        try
        {
            return RunSsh(cloud, session, transcript, log);
        }
        finally
        {
            SshLog.Clear(log);
        }
    }

    private ShellEnd RunSsh(
        IFargateCloud cloud, FargateSession session, Transcript? transcript, string log)
    {
        // After a reconnection, a route through AWS may have another port.
        var endpoint = EndpointOf(session);
        var arguments = SshCommandLine.ForShell(
            endpoint, Options, log, !Console.IsInputRedirected, Resumable ? ResumableShell.Command : null);
        WriteVerbose(CommandText.Of(Ssh, arguments));
        var start = SshCommandLine.Start(Ssh, arguments, endpoint.KeepsSession);
        var (sshCode, stoppedTask) = RunInTerminal(cloud, session, (watch, progress, cancellationToken) =>
            new WatchedShell(watch) { Transcript = transcript }.RunAsync(start, progress, cancellationToken));
        var (exitCode, messages) = SshLog.ReadEnd(log, sshCode, Options);
        SessionState.PSVariable.Set("global:LASTEXITCODE", exitCode);
        WriteLog(messages);
        return new ShellEnd(exitCode, stoppedTask, messages, SshLog.EndOf(messages) == ConnectionEnd.Lost);
    }

    /// <summary>
    /// Whether to log in again after ssh has ended. Not with a script on standard input, because it is not known how much of it
    /// was read.
    /// </summary>
    private static bool MayReconnect(FargateSession session, ShellEnd end) =>
        end is { ExitCode: SshProcess.ConnectionFailed, StoppedTask: null, WasOpen: true }
        && !SshLog.TellsSignal(end.Messages)
        && !SshLog.TellsEscape(end.Messages)
        && !SshLog.TellsHostKeyRefused(end.Messages)
        && SshLog.EndOf(end.Messages) != ConnectionEnd.ProgramEnded
        && session.ReconnectWindow > TimeSpan.Zero
        && !Console.IsInputRedirected;

    private bool WaitForReturn(FargateSession session, Reconnection reconnection)
    {
        TerminalNotice.Write(
            $"the connection was lost; reconnecting for {session.ReconnectWindow.TotalSeconds:0} seconds (Ctrl+C ends it)");
        var answers = Await(reconnection.WaitAsync);
        CompleteProgress();
        if (answers)
        {
            TerminalNotice.Write("the server answers: logging in again");
        }

        return answers;
    }

    /// <summary>Shows ssh's log, without the debug lines unless the user asked for them.</summary>
    private void WriteLog(IReadOnlyList<string> messages)
    {
        var wantsDebug = Options.Any(option => option.IsOf(SshCommandLine.LogLevel.Name));
        foreach (var message in messages.Where(message => wantsDebug || !SshLog.IsDebug(message)))
        {
            WriteVerbose($"ssh: {message}");
        }
    }

    /// <summary>Runs a program in this terminal, while the task is watched.</summary>
    private T RunInTerminal<T>(
        IFargateCloud cloud, FargateSession session, Func<ShellWatch, IProgress<SessionEvent>, CancellationToken, Task<T>> run)
    {
        Host.NotifyBeginApplication();
        IsTerminalInUse = true;
        try
        {
            ShellWatch watch = new(cloud, session, new ShellWatchOptions());
            return Await((progress, cancellationToken) => run(watch, progress, cancellationToken));
        }
        finally
        {
            IsTerminalInUse = false;
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

    /// <summary>The end of ssh.</summary>
    /// <param name="ExitCode">Its exit code.</param>
    /// <param name="StoppedTask">The task, where it was seen stopping.</param>
    /// <param name="Messages">ssh's log.</param>
    /// <param name="WasOpen">Whether the shell had been open.</param>
    private sealed record ShellEnd(
        int ExitCode, TaskDescription? StoppedTask, IReadOnlyList<string> Messages, bool WasOpen);
}
