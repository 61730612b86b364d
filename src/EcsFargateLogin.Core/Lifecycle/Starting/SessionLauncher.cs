using System.Collections.Concurrent;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Lifecycle.Starting;

/// <summary>
/// Starts sessions: key pair, journal entry, RunTask, in this order, so that every task is in the journal before it starts.
/// </summary>
/// <param name="cloud">The connection to AWS.</param>
/// <param name="journal">The journal.</param>
/// <param name="keyGenerator">The generator of one-time keys; null where none are needed.</param>
internal sealed class SessionLauncher(IFargateCloud cloud, SessionJournal journal, KeyGenerator? keyGenerator)
{
    /// <summary>
    /// The number of sessions that are launched in parallel: enough for the pace of RunTask without overloading this machine.
    /// </summary>
    private const int Concurrency = 20;

    /// <summary>The reader of the user's own key; null where none is requested.</summary>
    public OwnKeyReader? OwnKeys { get; init; }

    /// <summary>The starter of their tasks.</summary>
    public TaskStarter Starter { get; init; } = new(cloud, journal);

    /// <summary>
    /// Starts several sessions from one request. Each has its own key, id and RunTask call, because the tasks of one call would
    /// share them. Reports each as <see cref="SessionStarted"/> as soon as ECS has accepted it.
    /// </summary>
    /// <returns>The errors of sessions that were not started; empty when all were.</returns>
    /// <exception cref="FargateException">No session could be started.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the sessions that had not been reported were stopped.</exception>
    public async Task<IReadOnlyList<FargateException>> LaunchAsync(
        SessionRequest request, int count, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        request = await ServiceRequest.CompleteAsync(cloud, request, cancellationToken);
        RouteRequest.Check(request);
        var ownKey = request.KeyPath is { } path
            ? await OwnKeys!.ReadAsync(path, cancellationToken)
            : null;
        var container = await LoginContainer.FindAsync(cloud, request, cancellationToken);
        if (container.OutlivedReason is { } why)
        {
            throw StartErrors.TaskOutlivesContainer(request.TaskDefinition, why);
        }

        TaskSizeCheck.ThrowIfInvalid(request, container.Size);
        LaunchFacts facts = new(container, ownKey, NeedsAgent(request, container));
        ConcurrentQueue<FargateException> errors = [];
        ParallelOptions options = new() { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };
        try
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, count), options, async (_, token) =>
            {
                try
                {
                    var session = await LaunchAsync(request, facts, progress, token);
                    progress.Report(new SessionStarted(session));
                }
                catch (FargateException e)
                {
                    errors.Enqueue(e);
                }
            });
        }
        catch (OperationCanceledException) when (!errors.IsEmpty)
        {
            // An error may say that a task still runs, so it must be reported.
        }

        return [.. errors];
    }

    private async Task<FargateSession> LaunchAsync(
        SessionRequest request, LaunchFacts facts, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        var session = await PrepareAsync(request, facts, cancellationToken);
        if (request.AuthorizedCidr is { } cidr)
        {
            var rule = SessionIngress.RuleFor(session.SessionId, request.SecurityGroups[0], cidr, request.Port);
            await Starter.AuthorizeIngressAsync(session, rule, progress, cancellationToken);
        }

        await Starter.StartAsync(session, progress, cancellationToken);
        return session;
    }

    /// <summary>Creates a session with folder, key and plan, but without a task.</summary>
    private async Task<FargateSession> PrepareAsync(
        SessionRequest request, LaunchFacts facts, CancellationToken cancellationToken)
    {
        var sessionId = journal.Open();
        try
        {
            var (runTask, record) = request.Transport.HasSsh()
                ? await PrepareForSshAsync(request, facts, sessionId, cancellationToken)
                : PrepareForEcsExec(request, facts.Container, sessionId);
            var session = journal.SessionOf(record);
            session.Plan = new StartPlan(request, runTask);
            session.Tags = request.Tags;
            session.Proxy = request.Proxy;
            session.HasEcsExec |= facts.HasAgent;
            session.HasIPv6Ingress = request.AuthorizedCidr?.Contains(':', StringComparison.Ordinal) == true;
            return session;
        }
        catch
        {
            Abandon(sessionId);
            throw;
        }
    }

    /// <summary>Deletes the files of a session that was not started. Failures are ignored: the first error is reported.</summary>
    private void Abandon(string sessionId)
    {
        try
        {
            journal.Close(sessionId);
        }
        catch (FargateException)
        {
            // The folder is swept after this process has ended.
        }
    }

    private async Task<(RunTaskRequest RunTask, SessionRecord Record)> PrepareForSshAsync(
        SessionRequest request, LaunchFacts facts, string sessionId, CancellationToken cancellationToken)
    {
        var container = facts.Container;
        request = request with { Limits = request.Limits.WithDefaults(container.Start) };
        var publicKey = facts.OwnKey?.PublicKey ?? await keyGenerator!
            .GenerateAsync(journal.KeyPathOf(sessionId, request.KeyType), request.KeyType, sessionId, cancellationToken);
        var expiry = AuthorizedKey.ExpiryOf(request, container.Start, DateTimeOffset.UtcNow);
        var authorizedKey = AuthorizedKey.LineOf(publicKey, sessionId, expiry, request.FromAddresses);
        var (nonce, proofKey) = (ContainerContract.CreateNonce(), ContainerContract.CreateProofKey());
        journal.WriteProofKey(sessionId, proofKey);
        var runTask = new RunTaskRequest(request, container.Name, sessionId)
        {
            EnablesExecuteCommand = facts.HasAgent,
            Environment = ContainerContract.EnvironmentOf(request, authorizedKey, nonce, proofKey),
            Command = CommandLimit.Apply(request, container.Start),
        };
        var record = RecordOf(request, runTask, container) with
        {
            OwnKeyPath = facts.OwnKey?.Path,
            IsKeyInAgent = facts.OwnKey?.IsInAgent ?? false,
            LogTag = ContainerContract.LogTagOf(publicKey, nonce),
            Limits = request.Limits,
            CommandLimit = CommandLimit.For(request, container.Start),
        };
        return (runTask, record);
    }

    /// <summary>
    /// Prepares a session without a key and start-sshd.sh: the container's command keeps the task alive instead.
    /// </summary>
    private (RunTaskRequest RunTask, SessionRecord Record) PrepareForEcsExec(
        SessionRequest request, LoginContainer container, string sessionId)
    {
        var keepsAlive = request.Command.Count == 0;
        var lifetime = KeepAlive.LifetimeOf(request, container.Start);
        var runTask = new RunTaskRequest(request, container.Name, sessionId)
        {
            EnablesExecuteCommand = true,
            Environment = request.Environment,
            Command = keepsAlive ? KeepAlive.Command(lifetime) : CommandLimit.Apply(request, container.Start),
        };
        var record = RecordOf(request, runTask, container) with
        {
            Limits = new SessionLimits { MaxLifetime = keepsAlive ? (int?)lifetime?.TotalSeconds : request.Limits.MaxLifetime },
            CommandLimit = keepsAlive ? lifetime : CommandLimit.For(request, container.Start),
        };
        return (runTask, record);
    }

    /// <summary>
    /// Whether the task is started with the agent of ECS Exec. Checks the platform version, which may come from a service.
    /// </summary>
    private static bool NeedsAgent(SessionRequest request, LoginContainer container)
    {
        var hasPlatform = FargatePlatform.IsNew(request.PlatformVersion);
        if (!hasPlatform && (request.Transport.HasEcsExec() || request.Route == FargateRoute.SessionManager))
        {
            throw RouteErrors.PlatformWithoutEcsExec(request.PlatformVersion!);
        }

        return request.Transport.HasEcsExec() || (hasPlatform && RouteRequest.NeedsAgent(
            request, request.TaskRoleArn is not null || container.HasTaskRole, container.Start is { IsReadOnly: true }));
    }

    private SessionRecord RecordOf(SessionRequest request, RunTaskRequest runTask, LoginContainer container) =>
        SessionRecord.Of(request, runTask.StartedBy, cloud.Connection.Aws) with
        {
            ContainerName = runTask.ContainerName,
            Log = container.Log,
            DefinitionAccount = container.Account,
            ClientToken = runTask.ClientToken,
        };

    /// <summary>Facts that all sessions of one launch share.</summary>
    private sealed record LaunchFacts(LoginContainer Container, OwnKey? OwnKey, bool HasAgent);
}
