using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Sessions;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// A cmdlet that logs in to sessions: it takes charge of each, waits until its SSH server answers, and stops it
/// afterwards, whatever happened.
/// </summary>
public abstract class LoginCmdlet : AwsCmdlet
{
    private SshProxy? _proxy;

    private protected LoginCmdlet()
    {
    }

    /// <summary>Logs in at the private address, from inside the VPC.</summary>
    [Parameter]
    public SwitchParameter Private { get; set; }

    /// <summary>Leaves the task running, and its key in place, when the work has ended before its task.</summary>
    [Parameter]
    public SwitchParameter KeepSession { get; set; }

    /// <summary>
    /// The host, as [user@]host[:port], through which the task is reached, for private subnets. Your own ssh configuration,
    /// keys and agent hold for it, and for it alone; it has to let you in without a question. Without it the way that the
    /// session was started with is taken.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? JumpHost { get; set; }

    /// <summary>
    /// The command that ssh talks to the task's server through, as its option ProxyCommand, with %h and %p for address and
    /// port. Cannot go with -JumpHost.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ProxyCommand { get; set; }

    /// <summary>Options for ssh, as its -o takes them, such as 'Compression=yes'.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Option { get; set; } = [];

    /// <summary>The path of ssh.</summary>
    private protected string Ssh { get; private set; } = "";

    /// <summary>The user's own options for it.</summary>
    private protected IReadOnlyList<SshOption> Options { get; private set; } = [];

    /// <summary>Looks for ssh and checks the options before anything is started.</summary>
    protected override void BeginProcessing() => Guard(null, () =>
    {
        Ssh = FindProgram("ssh");
        Options = [.. Option.Select(SshOption.Parse)];
        _proxy = ProxyParameters.ToProxy(JumpHost, ProxyCommand, FindProgram);
    });

    /// <summary>Takes charge of a session, waits until it can be logged in to, does the work, and stops it.</summary>
    /// <param name="session">The session; one that has ended, or has no key here, is an error.</param>
    /// <param name="workName">What is done there, for those who find the stopped task, such as 'shell'.</param>
    /// <param name="work">What to do once its SSH server answers.</param>
    private protected void LogIn(FargateSession session, string workName, Action<IFargateCloud> work)
    {
        ThrowUnlessOpen(session);
        var cloud = Connect(session);
        session.IsTaken = true;
        session.Proxy = _proxy ?? session.Proxy;
        TakeCharge(session);
        var reason = $"its {workName} was never reached";
        try
        {
            if (!File.Exists(session.KeyPath))
            {
                throw FargateErrors.KeyNotFound(session);
            }

            Await((progress, cancellationToken) => WaiterFor(cloud)
                .WaitAsync(session, new Readiness(Private, SshAnswers: true), progress, cancellationToken));
            CompleteProgress();
            reason = $"its {workName} has ended";
            work(cloud);
        }
        finally
        {
            // A task that was stopped under the work is nothing to keep.
            if (!KeepSession || TaskStatuses.IsEnding(session.Status))
            {
                Close(cloud, session, reason);
            }
        }
    }

    private protected SshEndpoint EndpointOf(FargateSession session) => new()
    {
        Address = session.AddressFor(Private)!,
        Port = session.Port,
        UserName = session.UserName,
        KeyPath = session.KeyPath!,
        KnownHostsPath = session.KnownHostsPath!,
        HostKeyAlias = session.TaskId,
        Proxy = session.Proxy,
    };

    private static void ThrowUnlessOpen(FargateSession session)
    {
        if (session.IsClosed)
        {
            throw FargateErrors.SessionEnded(session);
        }

        if (!session.IsOwn)
        {
            throw FargateErrors.KeyNotFound(session);
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
}
