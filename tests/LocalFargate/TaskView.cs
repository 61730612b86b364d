using LocalFargate.Tasks;

namespace LocalFargate;

/// <summary>A task as the server sees it, at one moment.</summary>
public sealed record TaskView
{
    /// <summary>Its ARN.</summary>
    public required string Arn { get; init; }

    /// <summary>The phase of its life.</summary>
    public required TaskPhase Phase { get; init; }

    /// <summary>The startedBy given to RunTask.</summary>
    public string? StartedBy { get; init; }

    /// <summary>Why it stopped or is stopping: UserInitiated, EssentialContainerExited, …</summary>
    public string? StopCode { get; init; }

    /// <summary>The reason in words.</summary>
    public string? StoppedReason { get; init; }

    /// <summary>Its private address.</summary>
    public required string PrivateAddress { get; init; }

    /// <summary>Its public address, while it has one.</summary>
    public string? PublicAddress { get; init; }

    /// <summary>The ids that this machine knows its containers' first processes by, while they run.</summary>
    public IReadOnlyList<int> ProcessIds { get; init; } = [];

    /// <summary>Whether any of them lives.</summary>
    public bool IsAlive => ProcessIds.Any(id => Directory.Exists($"/proc/{id}"));

    /// <summary>When its image was there and its containers were started; null before.</summary>
    public DateTimeOffset? PulledAt { get; init; }

    /// <summary>When RunTask started it, and when it became RUNNING, began to stop and was STOPPED.</summary>
    public required TaskTimes Times { get; init; }

    internal static TaskView Of(FargateTask task)
    {
        var state = task.State;
        return new TaskView
        {
            Arn = task.Arn,
            Phase = state.Phase,
            StartedBy = task.StartedBy,
            StopCode = state.StopCode,
            StoppedReason = state.StoppedReason,
            PrivateAddress = task.NetworkInterface.PrivateAddress.ToString(),
            PublicAddress = state.HasPublicAddress ? task.NetworkInterface.PublicAddress?.ToString() : null,
            ProcessIds = task.ProcessIds,
            PulledAt = state.PullStoppedAt,
            Times = new TaskTimes(state.CreatedAt, state.StartedAt, state.StoppingAt, state.StoppedAt),
        };
    }
}

/// <summary>Times in a task's life; null for what has not come.</summary>
public sealed record TaskTimes(
    DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? StoppingAt, DateTimeOffset? StoppedAt);
