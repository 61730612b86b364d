using System.Collections.Concurrent;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Lifecycle.Starting;

/// <summary>Starts sessions: key pair, journal entry, RunTask, in this order, so that no task starts unremembered.</summary>
/// <param name="cloud">Where they are started.</param>
/// <param name="journal">What remembers them.</param>
/// <param name="keyGenerator">What makes their keys; null where they get none.</param>
internal sealed class SessionLauncher(IFargateCloud cloud, SessionJournal journal, KeyGenerator? keyGenerator)
{
    /// <summary>How many sessions are on their way to RunTask at once: enough for the pace, and no burden for this machine.</summary>
    private const int Concurrency = 20;

    /// <summary>The reader of a key of the user's own; null where none is asked for.</summary>
    public OwnKeyReader? OwnKeys { get; init; }

    /// <summary>The starter of their tasks.</summary>
    public TaskStarter Starter { get; init; } = new(cloud, journal);

    /// <summary>
    /// Starts some sessions of one kind. Each has a key, an id and a RunTask call of its own: tasks of one call would
    /// share them. Reports each as <see cref="SessionStarted"/> as soon as ECS has accepted it.
    /// </summary>
    /// <returns>Why some were not started; none when all were.</returns>
    /// <exception cref="FargateException">None could be started.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; those that had not been reported were stopped.</exception>
    public async Task<IReadOnlyList<FargateException>> LaunchAsync(
        SessionRequest request, int count, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        request = await ServiceRequest.CompleteAsync(cloud, request, cancellationToken);
        ThrowUnlessPlatformHas(request);
        var ownKey = request.KeyPath is { } path
            ? await OwnKeys!.ReadAsync(path, cancellationToken)
            : null;
        var container = await LoginContainer.FindAsync(cloud, request, cancellationToken);
        if (container.OutlivedBecause is { } why)
        {
            throw StartErrors.TaskOutlivesContainer(request.TaskDefinition, why);
        }

        LaunchFacts facts = new(container, ownKey);
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
            // What went wrong may be that a task still runs, which must be said.
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

    /// <summary>Makes a session that has its folder, key and plan, and no task yet.</summary>
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
            session.HasIPv6Ingress = request.AuthorizedCidr?.Contains(':', StringComparison.Ordinal) == true;
            return session;
        }
        catch
        {
            Abandon(sessionId);
            throw;
        }
    }

    /// <summary>Deletes what there is of a session that will not be started; why it will not is what counts.</summary>
    private void Abandon(string sessionId)
    {
        try
        {
            journal.Close(sessionId);
        }
        catch (FargateException)
        {
            // It is swept when this process has ended.
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
        var nonce = ContainerContract.CreateNonce();
        var runTask = new RunTaskRequest(request, container.Name, sessionId)
        {
            EnablesExecuteCommand = request.Transport.HasEcsExec(),
            Environment = ContainerContract.EnvironmentOf(request, authorizedKey, nonce),
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

    /// <summary>Without a key, and without start-sshd.sh, whose part the container's command has to play.</summary>
    private (RunTaskRequest RunTask, SessionRecord Record) PrepareForEcsExec(
        SessionRequest request, LoginContainer container, string sessionId)
    {
        var keepsAlive = request.Command.Count == 0;
        var lifetime = KeepAlive.LifetimeOf(request, container.Start);
        var runTask = new RunTaskRequest(request, container.Name, sessionId)
        {
            EnablesExecuteCommand = request.Transport.HasEcsExec(),
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

    /// <summary>A service may have named the platform's version.</summary>
    private static void ThrowUnlessPlatformHas(SessionRequest request)
    {
        if (request.Transport.HasEcsExec() && !EcsExecPlatform.Has(request.PlatformVersion))
        {
            throw RouteErrors.PlatformWithoutEcsExec(request.PlatformVersion!);
        }
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
    private sealed record LaunchFacts(LoginContainer Container, OwnKey? OwnKey);
}
