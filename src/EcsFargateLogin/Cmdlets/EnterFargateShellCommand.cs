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

    /// <summary>Leaves the task running, and its key in place, when the shell has ended.</summary>
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

        var cloud = Connect(session);
        session.IsTaken = true;
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
            if (!KeepSession)
            {
                Close(cloud, session, reason);
            }
        }
    }

    private void RunShell(IFargateCloud cloud, FargateSession session)
    {
        var log = SshLog.PathFor(session);
        var arguments = SshCommandLine.ForShell(EndpointOf(session), _options, log, !Console.IsInputRedirected);
        WriteVerbose(CommandText.Of(_ssh, arguments));
        var exitCode = RunInTerminal(arguments);
        SessionState.PSVariable.Set("global:LASTEXITCODE", exitCode);
        var messages = SshLog.Read(log);
        foreach (var message in messages)
        {
            WriteVerbose($"ssh: {message}");
        }

        if (exitCode == SshProcess.ConnectionFailed)
        {
            ThrowIfConnectionFailed(cloud, session, messages);
        }

        if (exitCode != 0 && LanguagePrimitives.IsTrue(GetVariableValue("PSNativeCommandUseErrorActionPreference")))
        {
            throw FargateErrors.RemoteProgramFailed(session, exitCode);
        }
    }

    /// <summary>The same exit code comes from ssh, from a shell that died with its task, and from programs of their own.</summary>
    private void ThrowIfConnectionFailed(IFargateCloud cloud, FargateSession session, IReadOnlyList<string> messages)
    {
        if (Await((_, cancellationToken) => Interruption.FindAsync(cloud, session, cancellationToken)) is { } task)
        {
            throw FargateErrors.ShellInterrupted(session, task);
        }

        if (SshLog.Complaint(messages) is { } complaint)
        {
            throw FargateErrors.SshFailed(session, complaint);
        }
    }

    private int RunInTerminal(IReadOnlyList<string> arguments)
    {
        Host.NotifyBeginApplication();
        try
        {
            return Await((_, cancellationToken) => SshProcess.RunInTerminalAsync(_ssh, arguments, cancellationToken));
        }
        finally
        {
            Host.NotifyEndApplication();
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
