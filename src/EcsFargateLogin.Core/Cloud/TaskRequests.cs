using System.Diagnostics.CodeAnalysis;

namespace EcsFargateLogin.Cloud;

/// <summary>The options of RunTask that a user decides. Both a session's request and the RunTask call derive from it.</summary>
internal record TaskOptions
{
    /// <summary>Fargate on demand.</summary>
    public const string Fargate = "FARGATE";

    /// <summary>Fargate's spare capacity, which AWS may reclaim with two minutes' notice.</summary>
    public const string FargateSpot = "FARGATE_SPOT";

    /// <summary>A cluster's name or ARN.</summary>
    public required string Cluster { get; init; }

    /// <summary>A task definition's family, family:revision or ARN; empty where it comes from a service.</summary>
    public required string TaskDefinition { get; init; }

    /// <summary>1 to 16 subnet ids.</summary>
    public required IReadOnlyList<string> Subnets { get; init; }

    /// <summary>Up to 5 security group ids; none means the VPC's default group.</summary>
    public IReadOnlyList<string> SecurityGroups { get; init; } = [];

    /// <summary>Whether the task's network interface gets a public address.</summary>
    public bool AssignPublicIp { get; init; } = true;

    /// <summary>The kind of capacity: <see cref="Fargate"/> or <see cref="FargateSpot"/>.</summary>
    public string CapacityProvider { get; init; } = Fargate;

    /// <summary>The version of Fargate's platform; null for the latest.</summary>
    public string? PlatformVersion { get; init; }

    /// <summary>The size that overrides the task definition's; a value that is null keeps that.</summary>
    public TaskSize Size { get; init; } = TaskSize.None;

    /// <summary>The task role that overrides the task definition's; null keeps that.</summary>
    public string? TaskRoleArn { get; init; }

    /// <summary>
    /// The task's tags by key, validated, at most 50. Where there are any, those of the task definition are propagated as well.
    /// </summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}

/// <summary>A RunTask call that starts one task on Fargate.</summary>
internal sealed record RunTaskRequest : TaskOptions
{
    public RunTaskRequest()
    {
    }

    /// <summary>Creates the call for a session.</summary>
    /// <param name="options">The user's options.</param>
    /// <param name="containerName">The container to override.</param>
    /// <param name="sessionId">The session's id.</param>
    [SetsRequiredMembers]
    public RunTaskRequest(TaskOptions options, string containerName, string sessionId)
        : base(options) =>
        (ContainerName, StartedBy, ClientToken) = (containerName, sessionId, Guid.NewGuid().ToString("N"));

    /// <summary>The container to override.</summary>
    public required string ContainerName { get; init; }

    /// <summary>The environment variables to add to the container's own.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The command that overrides the container's; empty keeps that.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Whether ECS Exec is enabled for the task.</summary>
    public bool EnablesExecuteCommand { get; init; }

    /// <summary>
    /// The session's id, by which its task can be found: at most 128 letters, digits, hyphens, slashes or underscores.
    /// </summary>
    public required string StartedBy { get; init; }

    /// <summary>The token that makes the call idempotent: at most 64 characters in the range 33 to 126.</summary>
    public required string ClientToken { get; init; }
}

/// <summary>The reply to RunTask.</summary>
/// <param name="Tasks">The tasks that were accepted.</param>
/// <param name="Failures">The reasons for tasks that were not accepted.</param>
internal sealed record RunTaskReply(IReadOnlyList<TaskDescription> Tasks, IReadOnlyList<CloudFailure> Failures);

/// <summary>An entry of a reply's failures list.</summary>
/// <param name="Arn">The resource that failed, or null.</param>
/// <param name="Reason">ECS's code for the reason: MISSING, RESOURCE:FARGATE, …</param>
/// <param name="Detail">The details, or null.</param>
internal sealed record CloudFailure(string? Arn, string? Reason, string? Detail);

/// <summary>A call of ExecuteCommand for a program with a terminal.</summary>
internal sealed record ExecuteCommandRequest
{
    /// <summary>A cluster's name or ARN.</summary>
    public required string Cluster { get; init; }

    /// <summary>The task's ARN or id.</summary>
    public required string Task { get; init; }

    /// <summary>The container; null for the only one there is.</summary>
    public string? ContainerName { get; init; }

    /// <summary>A command line that is split into words as a POSIX shell does. No shell runs it.</summary>
    public required string Command { get; init; }
}
