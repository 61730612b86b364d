namespace EcsFargateLogin;

/// <summary>The addresses of a task.</summary>
public sealed class FargateTaskAddress
{
    internal FargateTaskAddress(FargateSession session, FargateRoute route)
    {
        SessionId = session.SessionId;
        TaskArn = session.TaskArn;
        Cluster = session.Cluster;
        Status = session.Status;
        PublicAddress = session.PublicAddress;
        PrivateAddress = session.PrivateAddress;
        IPv6Address = session.IPv6Address;
        Port = session.Port;
        NetworkInterfaceId = session.NetworkInterfaceId;
        SubnetId = session.SubnetId;
        Address = session.AddressFor(route) ?? PrivateAddress ?? IPv6Address;
    }

    /// <summary>
    /// The address to use: the public one, the IPv6 one where no public one is assigned, or the private one where it was
    /// requested or is the only one.
    /// </summary>
    public string? Address { get; }

    /// <summary>The port of the SSH server.</summary>
    public int Port { get; }

    /// <summary>The public IPv4 address, or null.</summary>
    public string? PublicAddress { get; }

    /// <summary>The private IPv4 address, or null.</summary>
    public string? PrivateAddress { get; }

    /// <summary>The IPv6 address, or null.</summary>
    public string? IPv6Address { get; }

    /// <summary>The id of the elastic network interface, or null before it is attached.</summary>
    public string? NetworkInterfaceId { get; }

    /// <summary>The subnet of that interface.</summary>
    public string? SubnetId { get; }

    /// <summary>The task's status when this was read.</summary>
    public string Status { get; }

    /// <summary>The session's short id; empty for tasks that others started.</summary>
    public string SessionId { get; }

    /// <summary>The task's ARN.</summary>
    public string TaskArn { get; }

    /// <summary>The cluster's name or ARN.</summary>
    public string Cluster { get; }

    /// <summary>The address to use.</summary>
    public override string ToString() => Address ?? "";
}

/// <summary>The result of a command on a session: its exit code and output.</summary>
public sealed class FargateCommandResult
{
    internal FargateCommandResult()
    {
    }

    /// <summary>The session that it ran on.</summary>
    public required FargateSession FargateSession { get; init; }

    /// <summary>The command's exit code; 255 also where the connection or the command was cut off.</summary>
    public required int ExitCode { get; init; }

    /// <summary>The duration, including the start of ssh.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>True when the connection was lost or the command was ended, so that its output is incomplete.</summary>
    public required bool IsPartial { get; init; }

    /// <summary>The lines of its standard output; empty with -Raw.</summary>
    public required IReadOnlyList<string> StandardOutput { get; init; }

    /// <summary>The bytes of its standard output with -Raw; otherwise empty.</summary>
    public required byte[] RawOutput { get; init; }

    /// <summary>The lines of its standard error.</summary>
    public required IReadOnlyList<string> StandardError { get; init; }
}

/// <summary>A file or folder that Copy-FargateItem has copied.</summary>
public sealed class FargateCopiedItem
{
    internal FargateCopiedItem()
    {
    }

    /// <summary>The short id of the session; empty for a task that runs already.</summary>
    public string SessionId { get; internal init; } = "";

    /// <summary>The id of the task.</summary>
    public string TaskId { get; internal init; } = "";

    /// <summary>The path of the source.</summary>
    public string Source { get; internal init; } = "";

    /// <summary>The path of the copy.</summary>
    public string Destination { get; internal init; } = "";

    /// <summary>Whether it is a folder.</summary>
    public bool IsFolder { get; internal init; }

    /// <summary>Its length in bytes; 0 for folders.</summary>
    public long Length { get; internal init; }

    /// <summary>The byte at which an earlier transfer was resumed; 0 where it started at the beginning.</summary>
    public long ResumedAt { get; internal init; }

    /// <summary>The program that copied it: sftp or tar.</summary>
    public string Method { get; internal init; } = "";

    /// <summary>Its destination.</summary>
    public override string ToString() => Destination;
}
