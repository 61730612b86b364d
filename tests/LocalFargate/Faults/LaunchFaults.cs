using System.Net;
using LocalFargate.Network;
using LocalFargate.Tasks;

namespace LocalFargate.Faults;

/// <summary>RunTask answers with an entry in failures[] instead of a task.</summary>
public sealed record LaunchFails : LaunchFault
{
    /// <summary>ECS's word or sentence for it, such as RESOURCE:FARGATE.</summary>
    public string Reason { get; init; } = "Capacity is unavailable at this time. Please try again later or in a different availability zone";

    /// <summary>More about it.</summary>
    public string? Detail { get; init; }

    internal override TaskPlan Apply(TaskPlan plan) => plan with { Failure = new LaunchFailure(Reason, Detail) };
}

/// <summary>ECS does not know the task at first: DescribeTasks answers MISSING, and StopTask refuses.</summary>
public sealed record TaskMissing : LaunchFault
{
    /// <summary>For how long after it is first asked for.</summary>
    public required TimeSpan For { get; init; }

    internal override TaskPlan Apply(TaskPlan plan) => plan with { MissingFor = For };
}

/// <summary>The task stops by itself.</summary>
public sealed record TaskStopsEarly : LaunchFault
{
    /// <summary>The phase after which it stops, from Provisioning to Running.</summary>
    public TaskPhase At { get; init; } = TaskPhase.Pending;

    /// <summary>For how long it stays in that phase besides.</summary>
    public TimeSpan After { get; init; }

    /// <summary>TaskFailedToStart, EssentialContainerExited, SpotInterruption, …</summary>
    public string StopCode { get; init; } = "TaskFailedToStart";

    /// <summary>ECS's words for it.</summary>
    public required string StoppedReason { get; init; }

    /// <summary>ECS's words about the container, such as CannotPullContainerError: ….</summary>
    public string? ContainerReason { get; init; }

    /// <summary>The container's exit code.</summary>
    public int? ExitCode { get; init; }

    internal override TaskPlan Apply(TaskPlan plan) => plan with
    {
        EarlyStop = new EarlyStop(At, StopCode, StoppedReason)
        {
            After = After,
            ContainerReason = ContainerReason,
            ExitCode = ExitCode,
        },
    };
}

/// <summary>The network interface gets its public address some time after it is attached.</summary>
public sealed record PublicAddressLate : LaunchFault
{
    /// <summary>How late.</summary>
    public required TimeSpan Delay { get; init; }

    internal override TaskPlan Apply(TaskPlan plan) => plan with { PublicAddressAfter = Delay };
}

/// <summary>The network interface never gets a public address, although one was asked for.</summary>
public sealed record NoPublicAddress : LaunchFault
{
    internal override TaskPlan Apply(TaskPlan plan) => plan with { PublicAddressAfter = null };
}

/// <summary>sshd never starts: connections are refused.</summary>
public sealed record SshClosed : LaunchFault
{
    internal override TaskPlan Apply(TaskPlan plan) => plan with { SshPort = SshPortBehaviour.Closed };
}

/// <summary>The ssh port accepts connections and then says nothing.</summary>
public sealed record SshSilent : LaunchFault
{
    internal override TaskPlan Apply(TaskPlan plan) => plan with { SshPort = SshPortBehaviour.Silent };
}

/// <summary>The ssh port accepts connections and sends sshd's banner late.</summary>
public sealed record SshLate : LaunchFault
{
    /// <summary>How late, on every connection.</summary>
    public required TimeSpan Delay { get; init; }

    internal override TaskPlan Apply(TaskPlan plan) =>
        plan with { SshPort = SshPortBehaviour.Late, BannerDelay = Delay };
}

/// <summary>Packets to the ssh port vanish, as behind a security group that does not let them in.</summary>
public sealed record SshUnreachable : LaunchFault
{
    internal override TaskPlan Apply(TaskPlan plan) => plan with { SshPort = SshPortBehaviour.Unreachable };
}

/// <summary>The agent of ECS Exec never starts, as without the rights to ssmmessages.</summary>
public sealed record AgentStopped : LaunchFault
{
    internal override TaskPlan Apply(TaskPlan plan) => plan with { AgentAfter = null };
}

/// <summary>Who connects to the public address reaches another server, as somebody on the path can arrange.</summary>
public sealed record SshDiverted : LaunchFault
{
    /// <summary>That server's address and port.</summary>
    public required string To { get; init; }

    /// <summary>Whether those who connect to the SSH port through AWS reach it, too.</summary>
    public bool OnEveryRoute { get; init; }

    internal override TaskPlan Apply(TaskPlan plan) =>
        plan with { DivertedTo = IPEndPoint.Parse(To), IsDivertedOnEveryRoute = OnEveryRoute };
}

/// <summary>A fault of a task, decided when RunTask starts it.</summary>
public abstract record LaunchFault : Fault
{
    internal abstract TaskPlan Apply(TaskPlan plan);
}
