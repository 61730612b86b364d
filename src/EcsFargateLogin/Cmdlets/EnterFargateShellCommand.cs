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
public sealed class EnterFargateShellCommand : AwsCmdlet
{
    private string _ssh = "";
    private IReadOnlyList<SshOption> _options = [];

    /// <summary>Sessions, as New-FargateSession returns them. Several are entered one after the other.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public FargateSession[] Session { get; set; } = [];

    /// <summary>Logs in at the private address, from inside the VPC.</summary>
    [Parameter]
    public SwitchParameter Private { get; set; }

    /// <summary>Leaves the task running, and its key in place, when the shell has ended before its task.</summary>
    [Parameter]
    public SwitchParameter KeepSession { get; set; }

    /// <summary>Options for ssh, as its -o takes them, such as 'Compression=yes'.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Option { get; set; } = [];

    /// <summary>Looks for ssh and checks the options before anything is started.</summary>
    protected override void BeginProcessing() => Guard(null, () =>
    {
        _ssh = FindProgram("ssh");
        _options = [.. Option.Select(SshOption.Parse)];
    });

    /// <summary>Opens the shells of this record's sessions.</summary>
    protected override void ProcessRecord()
    {
        foreach (var session in Session)
        {
            Guard(session, () => Enter(session));
        }
    }

    private void Enter(FargateSession session)
    {
        if (session.IsClosed)
        {
            throw FargateErrors.SessionEnded(session);
        }

        if (!session.IsOwn)
        {
            throw FargateErrors.KeyNotFound(session);
        }

        var cloud = Connect(session);
        session.IsTaken = true;
        TakeCharge(session);
        var reason = "its shell was never reached";
        try
        {
            if (!File.Exists(session.KeyPath))
            {
                throw FargateErrors.KeyNotFound(session);
            }

            Await((progress, cancellationToken) => WaiterFor(cloud)
                .WaitAsync(session, new Readiness(Private, SshAnswers: true), progress, cancellationToken));
            CompleteProgress();
            reason = "its shell has ended";
            RunShell(cloud, session);
        }
        finally
        {
            // A task that was stopped under the shell is nothing to keep.
            if (!KeepSession || TaskStatuses.IsEnding(session.Status))
            {
                Close(cloud, session, reason);
            }
        }
    }

    /// <summary>Others see from now on that it is not left over. Where that cannot be written down, it works all the same.</summary>
    private static void TakeCharge(FargateSession session)
    {
        try
        {
            Journal.Claim(session.SessionId);
            session.Owner = SessionOwner.ThisProcess;
        }
        catch (FargateException)
        {
        }
    }

    private void RunShell(IFargateCloud cloud, FargateSession session)
    {
        var log = SshLog.PathFor(session);
        SshLog.Clear(log);
        var arguments = SshCommandLine.ForShell(EndpointOf(session), _options, log, !Console.IsInputRedirected);
        WriteVerbose(CommandText.Of(_ssh, arguments));
        session.Timing.Shell ??= DateTimeOffset.UtcNow;
        WriteVerbose($"{session}: {session.Timing}");
        var (exitCode, stoppedTask) = RunInTerminal(cloud, session, arguments);
        SessionState.PSVariable.Set("global:LASTEXITCODE", exitCode);
        var messages = SshLog.Read(log);
        WriteLog(messages);
        if (exitCode == SshProcess.ConnectionFailed)
        {
            ThrowIfStopped(cloud, session, stoppedTask, SshLog.EndOf(messages));
            ThrowIfConnectionFailed(session, messages);
        }

        if (exitCode != 0 && LanguagePrimitives.IsTrue(GetVariableValue("PSNativeCommandUseErrorActionPreference")))
        {
            throw FargateErrors.RemoteProgramFailed(session, exitCode);
        }
    }

    /// <summary>Shows ssh's log. The debug lines that the module itself has asked for are for nobody's eyes.</summary>
    private void WriteLog(IReadOnlyList<string> messages)
    {
        var wantsDebug = _options.Any(option => option.IsOf(SshCommandLine.LogLevel.Name));
        foreach (var message in messages.Where(message => wantsDebug || !SshLog.IsDebug(message)))
        {
            WriteVerbose($"ssh: {message}");
        }
    }

    /// <summary>The same exit code comes from ssh, from a shell that died with its task, and from programs of their own.</summary>
    private void ThrowIfStopped(
        IFargateCloud cloud, FargateSession session, TaskDescription? stoppedTask, ConnectionEnd end)
    {
        if (Await((_, cancellationToken) => ExplainAsync(cancellationToken)) is { } error)
        {
            throw error;
        }

        async Task<FargateException?> ExplainAsync(CancellationToken cancellationToken)
        {
            var task = stoppedTask
                ?? await Interruption.FindAsync(cloud, session, end, cancellationToken).ConfigureAwait(false);
            if (task is null)
            {
                return null;
            }

            session.Update(task);
            return await new StopDiagnosis(cloud)
                .ExplainInterruptionAsync(session, task, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    private static void ThrowIfConnectionFailed(FargateSession session, IReadOnlyList<string> messages)
    {
        var end = SshLog.EndOf(messages);
        if (end != ConnectionEnd.ProgramEnded && SshLog.Complaint(messages) is { } complaint)
        {
            throw FargateErrors.SshFailed(session, complaint);
        }

        if (end == ConnectionEnd.Lost && !SshLog.TellsSignal(messages))
        {
            throw FargateErrors.ConnectionLost(session);
        }
    }

    private (int ExitCode, TaskDescription? StoppedTask) RunInTerminal(
        IFargateCloud cloud, FargateSession session, IReadOnlyList<string> arguments)
    {
        Host.NotifyBeginApplication();
        IsTerminalTaken = true;
        try
        {
            WatchedShell shell = new(new ShellWatch(cloud, session, new ShellWatchOptions()));
            return Await((progress, cancellationToken) => shell.RunAsync(_ssh, arguments, progress, cancellationToken));
        }
        finally
        {
            IsTerminalTaken = false;
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

    private SshEndpoint EndpointOf(FargateSession session) => new()
    {
        Address = session.AddressFor(Private)!,
        Port = session.Port,
        UserName = session.UserName,
        KeyPath = session.KeyPath!,
        KnownHostsPath = session.KnownHostsPath!,
        HostKeyAlias = session.TaskId,
    };
}
