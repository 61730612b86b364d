namespace EcsFargateLogin;

/// <summary>Where a task is reached.</summary>
public sealed class FargateTaskAddress
{
    internal FargateTaskAddress(FargateSession session, bool preferPrivate)
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
        Address = session.AddressFor(preferPrivate) ?? PrivateAddress ?? IPv6Address;
    }

    /// <summary>
    /// The address to use: the public one, the IPv6 one where no public one is to come, or the private one where that was
    /// asked for or is all there is.
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
