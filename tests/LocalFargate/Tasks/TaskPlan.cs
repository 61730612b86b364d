using System.Net;
using LocalFargate.Faults;
using LocalFargate.Network;

namespace LocalFargate.Tasks;

/// <summary>The planned course of a task. Faults change it before the task starts.</summary>
internal sealed record TaskPlan
{
    internal required Timeline Timeline { get; init; }

    /// <summary>Set when RunTask does not start the task, and answers with this failure instead.</summary>
    internal LaunchFailure? Failure { get; init; }

    /// <summary>For that long after RunTask, DescribeTasks does not know the task.</summary>
    internal TimeSpan MissingFor { get; init; }

    /// <summary>Set when the task ends by itself before it is of use.</summary>
    internal EarlyStop? EarlyStop { get; init; }

    /// <summary>From the attachment of the network interface to its public address; null when it never gets one.</summary>
    internal TimeSpan? PublicAddressAfter { get; init; } = TimeSpan.Zero;

    internal SshPortBehaviour SshPort { get; init; }

    /// <summary>From the start of a container to that of its agent of ECS Exec; null when that never starts.</summary>
    internal TimeSpan? AgentAfter { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How late the banner of <see cref="SshPortBehaviour.Late"/> is.</summary>
    internal TimeSpan BannerDelay { get; init; }

    /// <summary>The faults of the server, for those in the path of connections to the task.</summary>
    internal FaultSet Faults { get; init; } = new();

    /// <summary>What the public address leads to; null for the task itself.</summary>
    internal IPEndPoint? DivertedTo { get; init; }

    /// <summary>Whether connections through AWS reach that server, too.</summary>
    internal bool IsDivertedOnEveryRoute { get; init; }

    /// <summary>The server that connections through AWS reach in place of the container's; null for that.</summary>
    internal IPEndPoint? DivertedThroughAws => IsDivertedOnEveryRoute ? DivertedTo : null;
}

/// <summary>An entry of RunTask's failures list.</summary>
internal sealed record LaunchFailure(string Reason, string? Detail);

/// <summary>An end before the task is of use.</summary>
/// <param name="At">The phase in which it comes.</param>
/// <param name="StopCode">TaskFailedToStart, EssentialContainerExited, SpotInterruption, …</param>
/// <param name="StoppedReason">ECS's words.</param>
internal sealed record EarlyStop(TaskPhase At, string StopCode, string StoppedReason)
{
    /// <summary>For how long the task stays in that phase besides.</summary>
    internal TimeSpan After { get; init; }

    internal string? ContainerReason { get; init; }

    internal int? ExitCode { get; init; }
}
