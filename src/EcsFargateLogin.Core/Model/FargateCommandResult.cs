namespace EcsFargateLogin;

/// <summary>How a command on a session ended, and what it printed.</summary>
public sealed class FargateCommandResult
{
    internal FargateCommandResult()
    {
    }

    /// <summary>The session that it ran on.</summary>
    public required FargateSession FargateSession { get; init; }

    /// <summary>The command's exit code; 255 also where the connection or the command was cut off.</summary>
    public required int ExitCode { get; init; }

    /// <summary>How long it ran, with the start of ssh.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>True when the connection was lost or the command cut off: what it has printed is not all.</summary>
    public required bool IsPartial { get; init; }

    /// <summary>The lines of its standard output; empty with -Raw.</summary>
    public required IReadOnlyList<string> StandardOutput { get; init; }

    /// <summary>With -Raw the bytes of its standard output; otherwise empty.</summary>
    public required byte[] RawOutput { get; init; }

    /// <summary>The lines of its standard error.</summary>
    public required IReadOnlyList<string> StandardError { get; init; }
}
