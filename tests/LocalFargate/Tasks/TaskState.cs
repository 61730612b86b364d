using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;

namespace LocalFargate.Tasks;

/// <summary>The part of a task that changes during its life. A reader sees one state as a whole.</summary>
internal sealed record TaskState
{
    internal TaskPhase Phase { get; init; } = TaskPhase.Provisioning;

    internal bool StopWanted { get; init; }

    internal bool IsAttached { get; init; }

    internal bool HasPublicAddress { get; init; }

    internal DateTimeOffset CreatedAt { get; init; }

    internal DateTimeOffset? ConnectivityAt { get; init; }

    internal DateTimeOffset? PullStartedAt { get; init; }

    internal DateTimeOffset? PullStoppedAt { get; init; }

    internal DateTimeOffset? StartedAt { get; init; }

    internal DateTimeOffset? StoppingAt { get; init; }

    internal DateTimeOffset? ExecutionStoppedAt { get; init; }

    internal DateTimeOffset? StoppedAt { get; init; }

    internal string? StopCode { get; init; }

    internal string? StoppedReason { get; init; }

    /// <summary>Counts the changes, as ECS does.</summary>
    internal int Version { get; init; } = 1;

    internal ImmutableArray<ContainerState> Containers { get; init; } = [];

    internal TaskState WithContainer(string name, Func<ContainerState, ContainerState> change) => this with
    {
        Containers = [.. Containers.Select(container => container.Name == name ? change(container) : container)],
    };
}

/// <summary>The part of a container that changes during its life.</summary>
/// <param name="Name">Its name in the task definition.</param>
internal sealed record ContainerState(string Name)
{
    /// <summary>PENDING, RUNNING or STOPPED.</summary>
    internal string Status { get; init; } = "PENDING";

    internal string? RuntimeId { get; init; }

    internal int? ExitCode { get; init; }

    internal string? Reason { get; init; }

    internal DateTimeOffset? StartedAt { get; init; }

    internal ContainerState Started(string taskId) => this with
    {
        Status = "RUNNING",
        RuntimeId = $"{taskId}-{RandomNumberGenerator.GetInt32(int.MaxValue).ToString("D10", CultureInfo.InvariantCulture)}",
        StartedAt = DateTimeOffset.UtcNow,
    };

    /// <summary>What ECS says of the agent of ECS Exec.</summary>
    internal string AgentStatus(TaskPlan plan) =>
        Status == "STOPPED" || (Status == "RUNNING" && plan.AgentAfter is null) ? "STOPPED"
        : Status == "RUNNING" && DateTimeOffset.UtcNow - StartedAt > plan.AgentAfter ? "RUNNING"
        : "PENDING";
}
