using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Commands;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Lifecycle.Waiting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Pipeline;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Shells;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// A cmdlet that logs in to sessions: it claims each, waits until its SSH server answers, and closes those that were started in
/// the running pipeline, on every way out.
/// </summary>
public abstract class LoginCmdlet : AwsCmdlet
{
    /// <summary>The parameters that do not apply to ECS Exec.</summary>
    private static readonly string[] ParametersOfSsh =
    [
        nameof(Route), nameof(InstanceConnectEndpoint), nameof(JumpHost), nameof(ProxyCommand), nameof(Option),
        nameof(HostKeyVerification),
    ];

    private RouteRequest? _route;
    private string? _ssh;

    private protected LoginCmdlet()
    {
    }

    /// <summary>
    /// The route by which ssh reaches the container: Public and Private connect to the task's address; InstanceConnect goes through
    /// an EC2 Instance Connect Endpoint of its VPC; SessionManager goes through the agent in a task that enables ECS Exec. Neither
    /// of the last two needs a public address, or a rule for your address. Auto tries all that the task allows, and uses the first
    /// that answers. Without it the route that the session was started with is used.
    /// </summary>
    [Parameter(HelpMessage = "The route of ssh: Auto, Public, Private, InstanceConnect or SessionManager.")]
    public FargateRoute? Route { get; set; }

    /// <summary>
    /// The id of the EC2 Instance Connect Endpoint to use, eice-…. Without it one of the task's VPC, rather one in its own subnet.
    /// </summary>
    [Parameter(HelpMessage = "The id of the EC2 Instance Connect Endpoint to use.")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceConnectEndpointCompleter))]
    public string? InstanceConnectEndpoint { get; set; }

    /// <summary>
    /// Keeps a session, and its key, that was started in the same pipeline and would end with it. One that you hold, in a
    /// variable or by its id, goes on in any case.
    /// </summary>
    [Parameter(HelpMessage = "Keeps a session that was started in the same pipeline.")]
    public SwitchParameter KeepSession { get; set; }

    /// <summary>
    /// The host, as [user@]host[:port], through which the task is reached, for private subnets. Your own ssh configuration, keys
    /// and agent apply to it alone; it has to accept your login without a prompt. Without it the route that the session was
    /// started with is used.
    /// </summary>
    [Parameter(HelpMessage = "The host through which the task is reached, as [user@]host[:port].")]
    [ValidateNotNullOrEmpty]
    public string? JumpHost { get; set; }

    /// <summary>
    /// The command through which ssh connects to the task's server, as its option ProxyCommand, with %h and %p for address and
    /// port. Cannot go with -JumpHost.
    /// </summary>
    [Parameter(HelpMessage = "The command through which ssh connects, as its ProxyCommand, with %h and %p.")]
    [ValidateNotNullOrEmpty]
    public string? ProxyCommand { get; set; }

    /// <summary>Options for ssh, as its -o takes them, such as 'Compression=yes'.</summary>
    [Parameter(HelpMessage = "Options for ssh, as its -o takes them, such as 'Compression=yes'.")]
    [ValidateNotNullOrEmpty]
    public string[] Option { get; set; } = [];

    /// <summary>
    /// The method to verify that the server is the session's own. Without it the one that the session was started with. Auto and
    /// Strict trust the host key that the server proves in its first line, by a secret of the session, or that the container has
    /// printed to its log in CloudWatch Logs. If there is no proof, and AWS says that the log does not contain the key, Auto warns
    /// and trusts the first key that the server sends, and Strict stops the session; a log that cannot be reached is an error under
    /// both. AcceptNew does not read the log. A proof of another session or another key is an error under each of them.
    /// </summary>
    [Parameter(HelpMessage = "How the server proves that it is the session's own: Auto, Strict or AcceptNew.")]
    public HostKeyVerification? HostKeyVerification { get; set; }

    /// <summary>The path of ssh.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.SshNotFound"/>.</exception>
    private protected string Ssh => _ssh ?? throw SshErrors.SshNotFound("ssh");

    /// <summary>The name of the work in a session, such as 'shell', for the reason to stop its task.</summary>
    private protected abstract string WorkName { get; }

    /// <summary>Whether the cmdlet needs ssh for every session.</summary>
    private protected virtual bool NeedsSsh => true;

    /// <summary>Whether the work can be done by ECS Exec as well.</summary>
    private protected virtual bool SupportsEcsExec => false;

    /// <summary>The transport that the caller has asked for; null for that of the session.</summary>
    private protected virtual FargateTransport? WantedTransport => null;

    /// <summary>The user's own options for ssh.</summary>
    private protected IReadOnlyList<SshOption> Options { get; private set; } = [];

    /// <summary>Finds ssh and checks the options before anything is started.</summary>
    protected override void BeginProcessing() => Guard(null, () =>
    {
        _ssh = NeedsSsh ? FindProgram("ssh") : FindProgramOrNull("ssh");
        if (WantedTransport == FargateTransport.EcsExec)
        {
            ThrowIfGiven(ParametersOfSsh);
        }

        Options = [.. Option.Select(SshOption.Parse)];
        _route = RouteRequest.Of(
            Route, InstanceConnectEndpoint, SshProxy.FromParameters(JumpHost, ProxyCommand, FindProgram));
    });

    /// <summary>
    /// Takes ownership of the sessions of a record, or keeps them, before the first is used: those that were started in the
    /// running pipeline end with it even where others fail.
    /// </summary>
    private protected void OwnOrKeep(IEnumerable<FargateSession> sessions)
    {
        foreach (var session in sessions)
        {
            Owned.OwnOrKeep(session, KeepSession, LoginBatch.ReasonWithoutWork(WorkName));
        }
    }

    /// <summary>Logs in to one session and does work there, on the pipeline's thread.</summary>
    /// <param name="session">The session; one that has ended, or has no key here where one is needed, is an error.</param>
    /// <param name="work">The work, once the session can be logged in to.</param>
    /// <param name="usesSharedConnection">Whether the work uses the session's shared connection.</param>
    private protected void LogIn(FargateSession session, Action<IFargateCloud> work, bool usesSharedConnection = false)
    {
        using var pump = BeginToLogIn(
            [Reach(session)],
            (login, pump, _) => RunOnPipelineThread(pump, () =>
            {
                CompleteProgress();
                work(login.Cloud);
            }),
            usesSharedConnection: usesSharedConnection);
        Await(pump);
    }

    /// <summary>
    /// Claims sessions and begins to log in to all of them: waits for them together, does the work in each as soon as it can be
    /// logged in to, and closes each that is not kept.
    /// </summary>
    /// <param name="logins">The sessions, as <see cref="Reach"/> returns them.</param>
    /// <param name="work">The work in one session, on any thread; its errors are reported by <see cref="Show"/>.</param>
    /// <param name="throttleLimit">Number of sessions in which work is done at the same time.</param>
    /// <param name="usesSharedConnection">Whether the work uses a session's shared connection.</param>
    private protected PipelinePump BeginToLogIn(
        IReadOnlyList<Login> logins,
        Func<Login, PipelinePump, CancellationToken, Task> work,
        int throttleLimit = 1,
        bool usesSharedConnection = false)
    {
        foreach (var login in logins)
        {
            ClaimSession(login.Session);
            Owned.Release(login.Session);
        }

        LoginBatch batch = new()
        {
            WaiterFor = WaiterFor,
            CloserFor = CloserFor,
            MustClose = Owned.MustClose,
            WorkName = WorkName,
            ThrottleLimit = throttleLimit,
            UsesSharedConnection = usesSharedConnection,
        };
        var pump = Begin((pump, cancellationToken) =>
            batch.RunAsync(logins, (login, token) => work(login, pump, token), pump, cancellationToken));
        foreach (var login in logins)
        {
            login.Session.NoteLoginBegun();
        }

        return pump;
    }

    /// <summary>Shows an event, and reports the error of a session that failed.</summary>
    private protected override void Show(SessionEvent happened)
    {
        base.Show(happened);
        if (happened is SessionFailed failed)
        {
            Report(failed.Error, failed.Session);
        }
    }

    /// <summary>Checks that a session can be logged in to at all, and connects to AWS for it.</summary>
    private protected Login Reach(FargateSession session)
    {
        if (session.IsClosed)
        {
            throw SessionErrors.SessionEnded(session);
        }

        var transport = TransportFor(session);
        if (transport.HasSsh())
        {
            _ = Ssh;
        }

        if (transport.HasSsh() && session.KeyPath is null)
        {
            throw LoginErrors.KeyNotFound(session);
        }

        _route?.ApplyTo(session);
        session.HostKeyVerification = HostKeyVerification ?? session.HostKeyVerification;
        return new Login(session, Connect(session), transport);
    }

    /// <summary>The address and keys with which ssh logs in to a session.</summary>
    private protected SshEndpoint EndpointOf(FargateSession session)
    {
        KnownHosts.NoteFirstKey(session);
        return session.Endpoint with { KeepsSession = !Owned.Owns(session) };
    }

    /// <summary>The same over the session's shared connection, which is opened if necessary.</summary>
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

    /// <summary>Runs a short command of this module's own over a session's shared connection, and collects its output as bytes.</summary>
    /// <param name="login">The session, as <see cref="Reach"/> returns it.</param>
    /// <param name="commandOf">Creates the command once the session can be logged in to, on any thread.</param>
    /// <param name="limit">The time limit; null for none.</param>
    /// <returns>Null where the session could not be logged in to, which was reported.</returns>
    private protected (CommandEnded Ended, CollectedOutput Output)? RunToEnd(
        Login login, Func<RemoteCommand> commandOf, TimeSpan? limit = null)
    {
        CollectedOutput output = new();
        CommandEnded? ended = null;
        using var pump = BeginToLogIn(
            [login],
            async (login, pump, token) =>
            {
                var command = commandOf();
                SharedInput input = new([login.Session], keepsAll: false);
                input.Add(command.Input.Span);
                input.Complete();
                CommandOptions options = new()
                {
                    Ssh = Ssh, SshOptions = Options, Command = command, Input = input, IsRaw = true, Timeout = limit,
                };
                var endpoint = await SharedEndpointOf(login.Session, token);
                ended = await new CommandRun(login.Cloud, login.Session, options, output).RunAsync(endpoint, pump, token);
            },
            usesSharedConnection: true);
        Await(pump);
        return ended is null ? null : (ended, output);
    }

    /// <summary>The transport by which a session is logged in to.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.TransportUnavailable"/>.</exception>
    private FargateTransport TransportFor(FargateSession session)
    {
        var wanted = WantedTransport ?? session.OpenTransport ?? session.Transport;
        if (!SupportsEcsExec || wanted == FargateTransport.Ssh)
        {
            return session.Transport.HasSsh()
                ? FargateTransport.Ssh
                : throw RouteErrors.SshNeeded(session, MyInvocation.MyCommand.Name);
        }

        if (wanted == FargateTransport.EcsExec)
        {
            ThrowIfGiven(ParametersOfSsh);
            return session.HasEcsExec ? FargateTransport.EcsExec : throw RouteErrors.EcsExecNotEnabled(session);
        }

        return !session.HasEcsExec ? FargateTransport.Ssh
            // Without its key on this machine, ssh cannot log in.
            : session.KeyPath is null ? FargateTransport.EcsExec
            : FargateTransport.Auto;
    }
}
