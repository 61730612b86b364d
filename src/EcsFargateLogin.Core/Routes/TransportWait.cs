using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Routes;

/// <summary>The wait for one transport of a session to open.</summary>
internal abstract class TransportWait : IAsyncDisposable
{
    /// <summary>The transport.</summary>
    public abstract FargateTransport Transport { get; }

    /// <summary>Whether the transport needs the task's address.</summary>
    public abstract bool NeedsAddress { get; }

    /// <summary>Whether the transport is open.</summary>
    public abstract bool IsOpen { get; }

    /// <summary>Describes what the wait is for while the task runs, in a few words.</summary>
    /// <param name="address">The task's address; null while it is not known.</param>
    public abstract string Describe(string? address);

    /// <summary>The tasks that may open the transport before the next poll.</summary>
    public virtual IEnumerable<Task> PendingTasks => [];

    /// <summary>Updates the wait from ECS's description of the task.</summary>
    public virtual void Observe(TaskDescription task)
    {
    }

    /// <summary>Starts probing the task's address once it is known.</summary>
    /// <param name="address">The address.</param>
    /// <param name="verify">
    /// Verifies the host key. Its first argument completes with the server's answer. Throws when the key is not trusted.
    /// </param>
    /// <param name="cancellationToken">Cancels probe and verification.</param>
    public virtual void Begin(string address, Func<Task, CancellationToken, Task> verify, CancellationToken cancellationToken)
    {
    }

    /// <summary>Cancels the background work, without waiting for its end.</summary>
    public virtual void Cancel()
    {
    }

    /// <summary>Throws when the transport will never open.</summary>
    /// <exception cref="FargateException">It will never open.</exception>
    public virtual void ThrowIfFailed()
    {
    }

    /// <summary>Throws when the transport should be open by now.</summary>
    /// <param name="address">The task's address; null while it is not known.</param>
    /// <param name="running">The time since the task was running.</param>
    /// <param name="isFallbackOpen">Whether the fallback transport is open.</param>
    /// <exception cref="FargateException">The time limit is exceeded.</exception>
    public abstract void ThrowIfLate(string? address, TimeSpan running, bool isFallbackOpen);

    /// <summary>Ends the background work.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>The wait for ssh, which is open when the SSH server has answered and its host key was verified.</summary>
/// <param name="session">The session.</param>
/// <param name="options">The intervals and time limits.</param>
/// <param name="requiresPublicAddress">Whether the public address is required.</param>
internal sealed class SshWait(FargateSession session, WaitOptions options, bool requiresPublicAddress) : TransportWait
{
    private IServerProbe? _probe;
    private CancellationTokenSource? _probing;
    private Task? _answer;
    private Task? _verification;

    /// <summary>The pause between probes of the SSH port.</summary>
    public required TimeSpan ProbePause { get; init; }

    /// <summary>Whether the SSH server has answered.</summary>
    public bool HasAnswered => _answer is { IsCompletedSuccessfully: true };

    public override FargateTransport Transport => FargateTransport.Ssh;

    public override bool NeedsAddress => true;

    public override bool IsOpen => HasAnswered && _verification is { IsCompletedSuccessfully: true };

    public override IEnumerable<Task> PendingTasks =>
        new[] { _answer, _verification }.OfType<Task>().Where(task => !task.IsCompleted);

    public override string Describe(string? address) =>
        address is null ? "its address"
        : HasAnswered ? "its host key in the log"
        : $"the SSH server at {address}:{session.Port}";

    /// <summary>
    /// Starts to probe as soon as there is an address, because the server may answer before ECS reports that the task runs. A
    /// jump host is only used after that. The host key is verified at the same time.
    /// </summary>
    /// <inheritdoc/>
    public override void Begin(string address, Func<Task, CancellationToken, Task> verify, CancellationToken cancellationToken)
    {
        if (_answer is not null || (session.Proxy is not null && session.Status != TaskStatuses.Running))
        {
            return;
        }

        _probe = session.Proxy is { } proxy
            ? new ProxyProbe(proxy, address, session.Port)
            : new BannerProbe(address, session.Port) { Pause = ProbePause };
        _probing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // OpenSSH 9.8 and later may treat many unauthenticated connections as an attack, so a server that has answered is not
        // probed again; ssh itself finds out whether it still answers.
        _answer = session.AnsweredAddress == address ? Task.CompletedTask : _probe.WaitAsync(_probing.Token);
        // Creating the client of the log takes time, which must not block other sessions.
        var (answer, probing) = (_answer, _probing.Token);
        _verification = Task.Run(() => verify(answer, probing), probing);
    }

    public override void Cancel() => _probing?.Cancel();

    public override void ThrowIfFailed()
    {
        // Cancelled tasks are no failures.
        foreach (var task in new[] { _answer, _verification })
        {
            if (task is { IsFaulted: true })
            {
                task.GetAwaiter().GetResult();
            }
        }
    }

    public override void ThrowIfLate(string? address, TimeSpan running, bool isFallbackOpen)
    {
        if (address is null)
        {
            var limit = isFallbackOpen ? options.FallbackLimit : options.PublicAddressLimit;
            if (running > limit)
            {
                throw requiresPublicAddress ? RouteErrors.NoPublicAddress(session, limit) : RouteErrors.NoAddress(session);
            }
        }
        else if (!HasAnswered && running > (isFallbackOpen ? options.FallbackLimit : options.BannerLimit))
        {
            throw RouteErrors.PortUnreachable(session, address, running, _probe?.LastOutcome ?? "it was not tried");
        }
    }

    public override async ValueTask DisposeAsync()
    {
        Cancel();
        Task[] work = [_answer ?? Task.CompletedTask, _verification ?? Task.CompletedTask];
        await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _probing?.Dispose();
        await base.DisposeAsync();
    }
}

/// <summary>The wait for ECS Exec, which is open when the agent in the container runs.</summary>
/// <param name="session">The session.</param>
/// <param name="options">The intervals and time limits.</param>
internal sealed class EcsExecWait(FargateSession session, WaitOptions options) : TransportWait
{
    private const string Running = "RUNNING";

    private ManagedAgentDescription? _agent;
    private bool _isTaskRunning;

    public override FargateTransport Transport => FargateTransport.EcsExec;

    public override bool NeedsAddress => false;

    public override bool IsOpen => _isTaskRunning && _agent?.LastStatus == Running;

    public override string Describe(string? address) => "the agent of ECS Exec";

    public override void Observe(TaskDescription task)
    {
        _isTaskRunning = task.LastStatus == TaskStatuses.Running;
        _agent = LoginContainerOf(session, task)?.ExecuteCommandAgent;
    }

    public override void ThrowIfLate(string? address, TimeSpan running, bool isFallbackOpen)
    {
        if (running > options.AgentLimit)
        {
            throw RouteErrors.AgentNotRunning(session, options.AgentLimit, _agent);
        }
    }

    /// <summary>Returns the session's container among those of its task; null where it is unknown.</summary>
    public static ContainerDescription? LoginContainerOf(FargateSession session, TaskDescription task) =>
        task.Containers.FirstOrDefault(container => container.Name == session.ContainerName)
        ?? (task.Containers is [var only] ? only : null);
}

/// <summary>The intervals and time limits of the wait for a session.</summary>
internal sealed record WaitOptions
{
    /// <summary>The time from RunTask to the first poll, because ECS needs a moment until it knows its new task.</summary>
    public TimeSpan FirstPollDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The interval between polls. Jitter of a tenth is added, so that clients do not poll in lockstep.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The interval between polls while ECS throttles the account.</summary>
    public TimeSpan ThrottledInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The pause between probes of a session's SSH port, multiplied by the number of sessions, so that all together probe a few
    /// hundred times a second.
    /// </summary>
    public TimeSpan ProbePausePerSession { get; init; } = TimeSpan.FromMilliseconds(3);

    /// <summary>The minimum pause between probes of a session's SSH port.</summary>
    public TimeSpan ShortestProbePause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The time for which ECS may not know a task that it has just accepted.</summary>
    public TimeSpan MissingLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The time limit until a running task has the public address that it was to get.</summary>
    public TimeSpan PublicAddressLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time limit until the SSH server of a running task answers.</summary>
    public TimeSpan BannerLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The time limit for address and SSH server where ECS Exec is open already.</summary>
    public TimeSpan FallbackLimit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The time limit until the agent of ECS Exec runs in a running task.</summary>
    public TimeSpan AgentLimit { get; init; } = TimeSpan.FromSeconds(60);
}
