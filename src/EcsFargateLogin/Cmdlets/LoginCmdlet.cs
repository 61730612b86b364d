using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Lifecycle.Waiting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Pipeline;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Shells;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// A cmdlet that logs in to sessions: it takes charge of each, waits until its SSH server answers, and stops those that were
/// started in the running pipeline, whatever happened.
/// </summary>
public abstract class LoginCmdlet : AwsCmdlet
{
    private SshProxy? _proxy;
    private string? _ssh;

    private protected LoginCmdlet()
    {
    }

    /// <summary>Logs in at the private address, from inside the VPC.</summary>
    [Parameter(HelpMessage = "Logs in at the private address, from inside the VPC.")]
    public SwitchParameter Private { get; set; }

    /// <summary>
    /// Leaves a session running, and its key in place, that was started in the same pipeline and would end with it. One that you
    /// hold, in a variable or by its id, goes on in any case.
    /// </summary>
    [Parameter(HelpMessage = "Leaves a session running that was started in the same pipeline.")]
    public SwitchParameter KeepSession { get; set; }

    /// <summary>
    /// The host, as [user@]host[:port], through which the task is reached, for private subnets. Your own ssh configuration,
    /// keys and agent hold for it, and for it alone; it has to let you in without a question. Without it the way that the
    /// session was started with is taken.
    /// </summary>
    [Parameter(HelpMessage = "The host through which the task is reached, as [user@]host[:port].")]
    [ValidateNotNullOrEmpty]
    public string? JumpHost { get; set; }

    /// <summary>
    /// The command that ssh talks to the task's server through, as its option ProxyCommand, with %h and %p for address and
    /// port. Cannot go with -JumpHost.
    /// </summary>
    [Parameter(HelpMessage = "What ssh talks to the server through, as its ProxyCommand, with %h and %p.")]
    [ValidateNotNullOrEmpty]
    public string? ProxyCommand { get; set; }

    /// <summary>Options for ssh, as its -o takes them, such as 'Compression=yes'.</summary>
    [Parameter(HelpMessage = "Options for ssh, as its -o takes them, such as 'Compression=yes'.")]
    [ValidateNotNullOrEmpty]
    public string[] Option { get; set; } = [];

    /// <summary>
    /// How it is made sure that the server is the session's own. Without it as the session was started. Auto and Strict
    /// trust the host key that the container has printed to its log in CloudWatch Logs. Where AWS says that the log does not
    /// tell it, Auto warns and trusts the key that is seen first, and Strict stops the session; a log that cannot be reached
    /// is an error under both. AcceptNew does not read the log.
    /// </summary>
    [Parameter(HelpMessage = "How the server proves that it is the session's own: Auto, Strict or AcceptNew.")]
    public HostKeyVerification? HostKeyVerification { get; set; }

    /// <summary>The path of ssh.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.SshNotFound"/>.</exception>
    private protected string Ssh => _ssh ?? throw SshErrors.SshNotFound("ssh");

    /// <summary>What is done in a session, for those who find the stopped task, such as 'shell'.</summary>
    private protected abstract string WorkName { get; }

    /// <summary>Whether it cannot do without ssh, whatever session comes.</summary>
    private protected virtual bool NeedsSsh => true;

    /// <summary>The user's own options for it.</summary>
    private protected IReadOnlyList<SshOption> Options { get; private set; } = [];

    /// <summary>Looks for ssh and checks the options before anything is started.</summary>
    protected override void BeginProcessing() => Guard(null, () =>
    {
        _ssh = NeedsSsh ? FindProgram("ssh") : FindProgramOrNull("ssh");
        Options = [.. Option.Select(SshOption.Parse)];
        _proxy = ProxyParameters.ToProxy(JumpHost, ProxyCommand, FindProgram);
    });

    /// <summary>
    /// Takes the sessions of a record before anything is done with the first: those that were started in the running pipeline end
    /// with it, whatever becomes of the others.
    /// </summary>
    private protected void TakeAll(IEnumerable<FargateSession> sessions)
    {
        foreach (var session in sessions)
        {
            if (KeepSession)
            {
                Held.Keep(session);
            }
            else if (!Held.Take(session, $"its {WorkName} was never reached"))
            {
                PipelineSessions.EndWithPipeline(session);
            }
        }
    }

    /// <summary>Waits until a session can be logged in to, does the work, and stops it if it ends with this pipeline.</summary>
    /// <param name="session">The session; one that has ended, or has no key here where one is needed, is an error.</param>
    /// <param name="work">What to do once it can be entered.</param>
    private protected void LogIn(FargateSession session, Action<IFargateCloud> work)
    {
        var cloud = Reach(session);
        Readiness ready = new(Private, CanBeEntered: true) { Transport = TransportFor(session) };
        TakeCharge(session);
        Held.Leave(session);
        var reason = $"its {WorkName} was never reached";
        try
        {
            if (ready.Transport.Value.HasSsh() && !File.Exists(session.KeyPath))
            {
                throw LoginErrors.KeyNotFound(session);
            }

            Await((progress, cancellationToken) => WaiterFor(cloud)
                .WaitAsync(session, ready, progress, cancellationToken));
            CompleteProgress();
            reason = $"its {WorkName} has ended";
            work(cloud);
        }
        catch (FargateException e) when (e.Error == FargateError.SshFailed && !CancelToken.IsCancellationRequested)
        {
            throw Await((_, cancellationToken) => new RefusedLogin(cloud).ExplainAsync(session, e, cancellationToken));
        }
        finally
        {
            NoteFirstKey(session);
            if (Held.Holds(session) || !session.IsWorthKeeping)
            {
                Close(cloud, session, reason);
            }
        }
    }

    /// <summary>
    /// Takes charge of sessions and begins to wait for all of them together, to do the work in each as soon as its SSH server
    /// answers, and to stop each that is not kept.
    /// </summary>
    /// <param name="logins">The sessions, with what <see cref="Reach"/> gave.</param>
    /// <param name="throttleLimit">In how many sessions it is done at once.</param>
    /// <param name="work">What to do in each, on any thread; its errors are reported as <see cref="SessionFailed"/>.</param>
    private protected RunningWork BeginToLogIn(
        IReadOnlyList<Login> logins,
        int throttleLimit,
        Func<Login, IProgress<SessionEvent>, CancellationToken, Task> work)
    {
        foreach (var (session, _, _) in logins)
        {
            TakeCharge(session);
            Held.Leave(session);
        }

        LoginBatch batch = new(throttleLimit)
        {
            WaiterFor = WaiterFor,
            CloserFor = CloserFor,
            PreferPrivate = Private,
            WorkName = WorkName,
        };
        var running = Begin((progress, cancellationToken) => batch.RunAsync(
            logins, (login, token) => work(login, progress, token), progress, cancellationToken));
        foreach (var (session, _, _) in logins)
        {
            session.NoteLoginBegun();
        }

        return running;
    }

    /// <summary>Checks that a session can be logged in to at all, and reaches AWS for it.</summary>
    private protected IFargateCloud Reach(FargateSession session)
    {
        if (session.IsClosed)
        {
            throw SessionErrors.SessionEnded(session);
        }

        if (TransportFor(session).HasSsh() && session.KeyPath is null)
        {
            throw LoginErrors.KeyNotFound(session);
        }

        session.Proxy = _proxy ?? session.Proxy;
        session.HostKeyVerification = HostKeyVerification ?? session.HostKeyVerification;
        return Connect(session);
    }

    private protected SshEndpoint EndpointOf(FargateSession session)
    {
        NoteFirstKey(session);
        return session.EndpointFor(Private) with { KeepsSession = !Held.Holds(session) };
    }

    /// <summary>From the first login on, the server's key is known.</summary>
    private static void NoteFirstKey(FargateSession session)
    {
        try
        {
            if (session is { HostKey: null, KnownHostsPath: not null } && KnownHosts.Find(session) is { } key)
            {
                session.HostKey = new FargateHostKey(key, HostKeySource.FirstContact);
            }
        }
        catch (FargateException)
        {
            // It is read again before the next login.
        }
    }

    /// <summary>The same by way of the connection that the session's programs share, which is opened where it is not yet.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.HostKeyMismatch"/>.</exception>
    private protected async Task<SshEndpoint> SharedEndpointOf(FargateSession session, CancellationToken cancellationToken)
    {
        try
        {
            return await new SshMaster(session.Folder!).OpenAsync(Ssh, EndpointOf(session), Options, cancellationToken);
        }
        catch (HostKeyRefusedException e)
        {
            throw LostConnection.FindOtherServer(session, e.Messages)!;
        }
    }

    /// <summary>By which way a session is entered.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.TransportUnavailable"/>.</exception>
    private protected virtual FargateTransport TransportFor(FargateSession session) => session.Transport.HasSsh()
        ? FargateTransport.Ssh
        : throw RouteErrors.SshNeeded(session, MyInvocation.MyCommand.Name);
}
