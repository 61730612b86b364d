using System.Diagnostics.CodeAnalysis;

namespace EcsFargateLogin.Cloud;

/// <summary>The part of RunTask that a user decides: a session's request is one, and so is the call that comes of it.</summary>
internal record TaskOptions
{
    /// <summary>Fargate on demand.</summary>
    public const string Fargate = "FARGATE";

    /// <summary>Fargate's spare capacity, which it may take back with two minutes' notice.</summary>
    public const string FargateSpot = "FARGATE_SPOT";

    /// <summary>A cluster's name or ARN.</summary>
    public required string Cluster { get; init; }

    /// <summary>A task definition's family, family:revision or ARN; empty where a service gives it.</summary>
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

    /// <summary>Takes the place of the task definition's task role; null keeps it.</summary>
    public string? TaskRoleArn { get; init; }

    /// <summary>
    /// The task's tags, checked, at most 50, by key. Where there are any, the task gets those of its task definition as well.
    /// </summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}

/// <summary>One call of RunTask for one task on Fargate.</summary>
internal sealed record RunTaskRequest : TaskOptions
{
    public RunTaskRequest()
    {
    }

    /// <summary>The call for a session.</summary>
    /// <param name="options">The user's part.</param>
    /// <param name="containerName">The container whose environment and command are overridden.</param>
    /// <param name="sessionId">The session's id.</param>
    [SetsRequiredMembers]
    public RunTaskRequest(TaskOptions options, string containerName, string sessionId)
        : base(options) =>
        (ContainerName, StartedBy, ClientToken) = (containerName, sessionId, Guid.NewGuid().ToString("N"));

    /// <summary>The container whose environment and command are overridden.</summary>
    public required string ContainerName { get; init; }

    /// <summary>Environment variables that are added to the container's own.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Takes the place of the container's command; empty keeps it.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Whether commands can be executed in the task by way of ECS.</summary>
    public bool EnablesExecuteCommand { get; init; }

    /// <summary>The session's id, by which its task is found again: at most 128 letters, digits, hyphens, slashes or underscores.</summary>
    public required string StartedBy { get; init; }

    /// <summary>Makes the call idempotent, at most 64 characters in the range 33 to 126.</summary>
    public required string ClientToken { get; init; }
}

/// <summary>The answer to RunTask.</summary>
/// <param name="Tasks">The tasks that were accepted.</param>
/// <param name="Failures">Why others were not.</param>
internal sealed record RunTaskReply(IReadOnlyList<TaskDescription> Tasks, IReadOnlyList<CloudFailure> Failures);

/// <summary>An entry of a reply's failures list.</summary>
/// <param name="Arn">What failed; may be absent.</param>
/// <param name="Reason">ECS's word for it: MISSING, RESOURCE:FARGATE, …</param>
/// <param name="Detail">More about it; may be absent.</param>
internal sealed record CloudFailure(string? Arn, string? Reason, string? Detail);
