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

    /// <summary>What reads a key of the user's own; null where none is asked for.</summary>
    public OwnKeyReader? OwnKeys { get; init; }

    /// <summary>What starts their tasks.</summary>
    public TaskStarter Starter { get; init; } = new(cloud, journal);

    /// <summary>
    /// Starts some sessions of one kind. Each has a key, a mark and a RunTask call of its own: tasks of one call would
    /// share them. Reports each as <see cref="SessionStarted"/> as soon as ECS has accepted it.
    /// </summary>
    /// <returns>Why some were not started; none when all were.</returns>
    /// <exception cref="FargateException">None could be started.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; those that had not been reported were stopped.</exception>
    public async Task<IReadOnlyList<FargateException>> LaunchAsync(
        SessionRequest request, int count, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        request = await ServiceRequest.CompleteAsync(cloud, request, cancellationToken).ConfigureAwait(false);
        ThrowUnlessPlatformHas(request);
        var ownKey = request.KeyPath is { } path
            ? await OwnKeys!.ReadAsync(path, cancellationToken).ConfigureAwait(false)
            : null;
        var container = await LoginContainer.FindAsync(cloud, request, cancellationToken).ConfigureAwait(false);
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
                    var session = await LaunchAsync(request, facts, progress, token).ConfigureAwait(false);
                    progress.Report(new SessionStarted(session));
                }
                catch (FargateException e)
                {
                    errors.Enqueue(e);
                }
            }).ConfigureAwait(false);
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
        var session = await PrepareAsync(request, facts, cancellationToken).ConfigureAwait(false);
        if (request.AuthorizedCidr is { } cidr)
        {
            var rule = SessionIngress.RuleFor(session.SessionId, request.SecurityGroups[0], cidr, request.Port);
            await Starter.LetInAsync(session, rule, progress, cancellationToken).ConfigureAwait(false);
        }

        await Starter.StartAsync(session, progress, cancellationToken).ConfigureAwait(false);
        return session;
    }

    /// <summary>Makes a session that has its folder, key and plan, and no task yet.</summary>
    private async Task<FargateSession> PrepareAsync(
        SessionRequest request, LaunchFacts facts, CancellationToken cancellationToken)
    {
        var sessionId = journal.Open();
        try
        {
            var (runTask, entry) = request.Transport.HasSsh()
                ? await PrepareForSshAsync(request, facts, sessionId, cancellationToken).ConfigureAwait(false)
                : PrepareForEcsExec(request, facts.Container, sessionId);
            var session = journal.SessionOf(entry, request.StartTimeout);
            session.Plan = new StartPlan(request, runTask, entry);
            session.Tags = request.Tags;
            session.Proxy = request.Proxy;
            session.IsLetInByIPv6 = request.AuthorizedCidr?.Contains(':', StringComparison.Ordinal) == true;
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

    private async Task<(RunTaskRequest RunTask, JournalEntry Entry)> PrepareForSshAsync(
        SessionRequest request, LaunchFacts facts, string sessionId, CancellationToken cancellationToken)
    {
        var container = facts.Container;
        request = request with { Limits = request.Limits.WithDefaults(container.Start) };
        var publicKey = facts.OwnKey?.PublicKey ?? await keyGenerator!
            .GenerateAsync(journal.KeyPathOf(sessionId, request.KeyType), request.KeyType, sessionId, cancellationToken)
            .ConfigureAwait(false);
        var expiry = AuthorizedKey.ExpiryOf(request, container.Start, DateTimeOffset.UtcNow);
        var authorizedKey = AuthorizedKey.LineOf(publicKey, sessionId, expiry, request.FromAddresses);
        var nonce = ContainerContract.CreateNonce();
        var runTask = RunTaskRequestOf(request, container.Name, sessionId) with
        {
            Environment = ContainerContract.EnvironmentOf(request, authorizedKey, nonce),
            Command = CommandLimit.Apply(request, container.Start),
        };
        var entry = EntryOf(request, runTask, container) with
        {
            OwnKeyPath = facts.OwnKey?.Path,
            IsKeyInAgent = facts.OwnKey?.IsInAgent ?? false,
            HostKeyMark = ContainerContract.MarkOf(publicKey, nonce),
            MaxLifetime = request.Limits.MaxLifetime,
            CommandLimit = CommandLimit.SecondsFor(request, container.Start),
            ReconnectWindow = request.Limits.ReconnectWindow,
        };
        return (runTask, entry);
    }

    /// <summary>Without a key, and without start-sshd.sh, whose part the container's command has to play.</summary>
    private (RunTaskRequest RunTask, JournalEntry Entry) PrepareForEcsExec(
        SessionRequest request, LoginContainer container, string sessionId)
    {
        var keepsAlive = request.Command.Count == 0;
        var lifetime = KeepAlive.LifetimeOf(request, container.Start);
        var runTask = RunTaskRequestOf(request, container.Name, sessionId) with
        {
            Environment = request.Environment,
            Command = keepsAlive ? KeepAlive.Command(lifetime) : CommandLimit.Apply(request, container.Start),
        };
        var entry = EntryOf(request, runTask, container) with
        {
            MaxLifetime = keepsAlive ? (int?)lifetime?.TotalSeconds : request.Limits.MaxLifetime,
            CommandLimit = keepsAlive ? (int?)lifetime?.TotalSeconds : CommandLimit.SecondsFor(request, container.Start),
        };
        return (runTask, entry);
    }

    /// <summary>A service may have named the platform's version.</summary>
    private static void ThrowUnlessPlatformHas(SessionRequest request)
    {
        if (request.Transport.HasEcsExec() && !EcsExecPlatform.Has(request.PlatformVersion))
        {
            throw RouteErrors.PlatformWithoutEcsExec(request.PlatformVersion!);
        }
    }

    private static RunTaskRequest RunTaskRequestOf(
        SessionRequest request, string containerName, string sessionId) => new()
        {
            Cluster = request.Cluster,
            TaskDefinition = request.TaskDefinition,
            Subnets = request.Subnets,
            SecurityGroups = request.SecurityGroups,
            AssignPublicIp = request.AssignPublicIp,
            ContainerName = containerName,
            Command = request.Command,
            EnablesExecuteCommand = request.Transport.HasEcsExec(),
            TaskRoleArn = request.TaskRoleArn,
            Tags = request.Tags,
            StartedBy = sessionId,
            CapacityProvider = request.CapacityProvider,
            PlatformVersion = request.PlatformVersion,
            ClientToken = Guid.NewGuid().ToString("N"),
        };

    private JournalEntry EntryOf(SessionRequest request, RunTaskRequest runTask, LoginContainer container) => new()
    {
        Version = JournalEntry.CurrentVersion,
        SessionId = runTask.StartedBy,
        Cluster = request.Cluster,
        TaskDefinition = request.TaskDefinition,
        ContainerName = runTask.ContainerName,
        UserName = request.UserName,
        Port = request.Port,
        Transport = request.Transport,
        AssignPublicIp = request.AssignPublicIp,
        KeyType = request.KeyType,
        HostKeyVerification = request.HostKeyVerification,
        Log = container.Log,
        Account = container.Account,
        Region = cloud.Connection.Region,
        CredentialOrigin = cloud.Connection.CredentialOrigin,
        ProfileName = cloud.Connection.ProfileName,
        ProfileLocation = cloud.Connection.ProfileLocation,
        EndpointUrl = cloud.Connection.EndpointUrl,
        ClientToken = runTask.ClientToken,
        CreatedAt = DateTimeOffset.UtcNow,
    };

    /// <summary>What all sessions of one launch share.</summary>
    private sealed record LaunchFacts(LoginContainer Container, OwnKey? OwnKey);
}
