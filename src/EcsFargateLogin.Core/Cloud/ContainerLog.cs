namespace EcsFargateLogin.Cloud;

/// <summary>Where a container's output goes in CloudWatch Logs, as its task definition says (awslogs).</summary>
/// <param name="Group">The log group.</param>
/// <param name="Region">The region of the log group, which need not be the task's.</param>
/// <param name="StreamPrefix">The first part of its streams' names.</param>
internal sealed record ContainerLog(string Group, string Region, string StreamPrefix)
{
    /// <summary>The stream of one task, named as the awslogs driver of Fargate names it.</summary>
    public LogStreamName StreamOf(string containerName, string taskId) => new(Group, Region, $"{StreamPrefix}/{containerName}/{taskId}");
}

/// <summary>The full name of a stream of CloudWatch Logs.</summary>
/// <param name="Group">The log group.</param>
/// <param name="Region">The region.</param>
/// <param name="Name">The stream's name.</param>
internal sealed record LogStreamName(string Group, string Region, string Name);
