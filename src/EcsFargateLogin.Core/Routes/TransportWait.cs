using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Routes;

/// <summary>The wait for one transport of a session to open.</summary>
internal abstract class TransportWait : IAsyncDisposable
{
    /// <summary>The transport.</summary>
    public abstract FargateTransport Transport { get; }

    /// <summary>Whether the transport needs the task's own address.</summary>
    public abstract bool NeedsAddress { get; }

    /// <summary>Whether the session cannot be reached without the public address, which only EC2 knows.</summary>
    public virtual bool NeedsPublicAddress => false;

    /// <summary>Whether the transport is open.</summary>
    public abstract bool IsOpen { get; }

    /// <summary>Describes what the wait is for while the task runs, in a few words.</summary>
    public abstract string Describe();

    /// <summary>The tasks that may open the transport before the next poll.</summary>
    public virtual IEnumerable<Task> PendingTasks => [];

    /// <summary>Updates the wait from ECS's description of the task.</summary>
    public virtual void Observe(TaskDescription task)
    {
    }

    /// <summary>Starts what can be started by now. Called after each poll.</summary>
    /// <param name="verify">
    /// Verifies the host key. Its first argument completes with the server's answer. Throws when the key is not trusted.
    /// </param>
    /// <param name="cancellationToken">Cancels probes and verification.</param>
    public virtual void Begin(Func<Task<ServerAnswer?>, CancellationToken, Task> verify, CancellationToken cancellationToken)
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
    /// <param name="running">The time since the task was running.</param>
    /// <param name="isFallbackOpen">Whether the fallback transport is open.</param>
    /// <exception cref="FargateException">The time limit is exceeded.</exception>
    public abstract void ThrowIfLate(TimeSpan running, bool isFallbackOpen);

    /// <summary>Ends the background work.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>The wait for ECS Exec, which is open when the agent in the container runs.</summary>
/// <param name="session">The session.</param>
/// <param name="options">The intervals and time limits.</param>
internal sealed class EcsExecWait(FargateSession session, WaitOptions options) : TransportWait
{
    private ManagedAgentDescription? _agent;
    private bool _isTaskRunning;

    public override FargateTransport Transport => FargateTransport.EcsExec;

    public override bool NeedsAddress => false;

    public override bool IsOpen => _isTaskRunning && _agent is { IsRunning: true };

    public override string Describe() => "the agent of ECS Exec";

    public override void Observe(TaskDescription task)
    {
        _isTaskRunning = task.LastStatus == TaskStatuses.Running;
        _agent = LoginContainerOf(session, task)?.ExecuteCommandAgent;
    }

    public override void ThrowIfLate(TimeSpan running, bool isFallbackOpen)
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
    public TimeSpan ShortestProbePause { get; init; } = TimeSpan.FromMilliseconds(20);

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
