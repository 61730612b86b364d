using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Routes;

/// <summary>
/// A way into a session's container while it is waited for: whether it is open, what is waited for, and for how long.
/// </summary>
internal abstract class TransportWait : IAsyncDisposable
{
    /// <summary>What it is called.</summary>
    public abstract FargateTransport Transport { get; }

    /// <summary>Whether it leads to the task's address.</summary>
    public abstract bool NeedsAddress { get; }

    /// <summary>Whether the session can be entered.</summary>
    public abstract bool IsOpen { get; }

    /// <summary>What is waited for while the task runs, in a few words.</summary>
    /// <param name="address">The task's address; null while it is not known.</param>
    public abstract string Describe(string? address);

    /// <summary>What may open it before the next look at the task.</summary>
    public virtual IEnumerable<Task> PendingTasks => [];

    /// <summary>Takes over what ECS says.</summary>
    public virtual void Observe(TaskDescription task)
    {
    }

    /// <summary>Begins what has to be done at the task's address, once that is known.</summary>
    /// <param name="address">The address.</param>
    /// <param name="verify">Gets the server's answer, and throws why its host key is not to be trusted.</param>
    /// <param name="cancellationToken">Cancels both.</param>
    public virtual void Begin(string address, Func<Task, CancellationToken, Task> verify, CancellationToken cancellationToken)
    {
    }

    /// <summary>Ends what was begun, without waiting for its end.</summary>
    public virtual void Cancel()
    {
    }

    /// <summary>Whether it will never open, whatever the time.</summary>
    /// <exception cref="FargateException">It will not.</exception>
    public virtual void ThrowIfFailed()
    {
    }

    /// <summary>Whether it should be open by now.</summary>
    /// <param name="address">The task's address; null while it is not known.</param>
    /// <param name="running">How long the task has been running.</param>
    /// <param name="isFallbackOpen">Whether another way is open meanwhile.</param>
    /// <exception cref="FargateException">It should.</exception>
    public abstract void ThrowIfLate(string? address, TimeSpan running, bool isFallbackOpen);

    /// <summary>Ends what was begun.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>The way in by ssh: open when the SSH server has answered and its host key was verified.</summary>
/// <param name="session">The session.</param>
/// <param name="options">How long to wait.</param>
/// <param name="requiresPublicAddress">Whether its address has to be the public one.</param>
internal sealed class SshWait(FargateSession session, WaitOptions options, bool requiresPublicAddress) : TransportWait
{
    private IServerProbe? _probe;
    private CancellationTokenSource? _probing;
    private Task? _answer;
    private Task? _verification;

    /// <summary>Between knocks at the SSH port.</summary>
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
    /// Starts to knock as soon as there is an address: the server may answer before ECS's next answer says that the
    /// task runs. A jump host is not bothered before that. The host key is verified at the same time.
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
        // A server may take many connections that nobody authenticates for an attack (OpenSSH 9.8 and later). Whether one that
        // has answered still does, ssh itself finds out.
        _answer = session.AnsweredAddress == address ? Task.CompletedTask : _probe.WaitAsync(_probing.Token);
        // The log's client is made on its first use; nothing else is to wait for that.
        var (answer, probing) = (_answer, _probing.Token);
        _verification = Task.Run(() => verify(answer, probing), probing);
    }

    public override void Cancel() => _probing?.Cancel();

    public override void ThrowIfFailed()
    {
        // What was cancelled had to give way to something else.
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

/// <summary>The way in by ECS Exec: open when the agent in the container runs.</summary>
/// <param name="session">The session.</param>
/// <param name="options">How long to wait.</param>
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

    /// <summary>The container that a session is about, among those of its task; null where it is not told.</summary>
    public static ContainerDescription? LoginContainerOf(FargateSession session, TaskDescription task) =>
        task.Containers.FirstOrDefault(container => container.Name == session.ContainerName)
        ?? (task.Containers is [var only] ? only : null);
}

/// <summary>How often and how long to look while a session starts.</summary>
internal sealed record WaitOptions
{
    /// <summary>From RunTask to the first look: ECS needs a moment until it knows its own new task.</summary>
    public TimeSpan FirstPollDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Between looks. Each is jittered by a tenth, so that many waiting machines do not look in step.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Between looks while ECS slows the account down.</summary>
    public TimeSpan ThrottledInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Between knocks at one session's SSH port, for each session that is waited for: all of them together knock a few
    /// hundred times a second, however many they are.
    /// </summary>
    public TimeSpan ProbePausePerSession { get; init; } = TimeSpan.FromMilliseconds(3);

    /// <summary>Between knocks at one session's SSH port at the least.</summary>
    public TimeSpan ShortestProbePause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long ECS may not know a task that it has just accepted.</summary>
    public TimeSpan MissingLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a running task may be without the public address it was to get.</summary>
    public TimeSpan PublicAddressLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the SSH server of a running task may take to answer.</summary>
    public TimeSpan BannerLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The same, and for its address, where ECS Exec would take its place already.</summary>
    public TimeSpan FallbackLimit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the agent of ECS Exec may take to run in a running task.</summary>
    public TimeSpan AgentLimit { get; init; } = TimeSpan.FromSeconds(60);
}
