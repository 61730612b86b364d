namespace EcsFargateLogin;

/// <summary>A message in the log of a container.</summary>
public sealed class FargateLogEvent
{
    internal FargateLogEvent()
    {
    }

    /// <summary>The time when the container printed it, by the clock of the task's host.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>
    /// The message as the container printed it. It may hold control sequences, which the view leaves out.
    /// </summary>
    public required string Message { get; init; }

    /// <summary>The container that printed it.</summary>
    public required string ContainerName { get; init; }

    /// <summary>The id of the task.</summary>
    public required string TaskId { get; init; }

    /// <summary>The short id of the session; empty for tasks that others started.</summary>
    public required string SessionId { get; init; }

    /// <summary>The message.</summary>
    public override string ToString() => Message;
}
