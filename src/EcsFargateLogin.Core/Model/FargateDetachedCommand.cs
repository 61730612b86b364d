namespace EcsFargateLogin;

/// <summary>
/// A command that runs on in a session's container, whether or not a PowerShell is connected: the handle, as Invoke-FargateCommand
/// -Detach returns it, and what Receive-FargateCommand has received.
/// </summary>
public sealed class FargateDetachedCommand
{
    internal FargateDetachedCommand()
    {
    }

    /// <summary>The id of the command, by which the journal and the container know it.</summary>
    public required string CommandId { get; init; }

    /// <summary>The short id of the session.</summary>
    public required string SessionId { get; init; }

    /// <summary>Whether it runs or has ended, when that was last asked.</summary>
    public required FargateCommandState State { get; init; }

    /// <summary>The time when it was started, by this machine's clock.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Its exit code; null while it runs, and where it was killed together with what watched it.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The lines that it has printed since they were last received, standard error among them.</summary>
    public IReadOnlyList<string> Output { get; init; } = [];

    /// <summary>The id of the command.</summary>
    public override string ToString() => CommandId;
}

/// <summary>The state of a command that runs on.</summary>
public enum FargateCommandState
{
    /// <summary>It runs.</summary>
    Running,

    /// <summary>It has ended.</summary>
    Ended,
}
