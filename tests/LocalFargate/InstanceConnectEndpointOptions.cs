namespace LocalFargate;

/// <summary>An EC2 Instance Connect Endpoint to add to the network. By default one that is complete.</summary>
public sealed record InstanceConnectEndpointOptions
{
    /// <summary>create-complete, create-in-progress, create-failed, …</summary>
    public string State { get; init; } = "create-complete";

    /// <summary>More about the state.</summary>
    public string? StateMessage { get; init; }

    /// <summary>The id of its subnet; null for the first one.</summary>
    public string? SubnetId { get; init; }

    /// <summary>The id of its VPC; null for that of the server, and another one for an endpoint that reaches no task.</summary>
    public string? VpcId { get; init; }

    /// <summary>Its security groups; empty for the default one.</summary>
    public IReadOnlyList<string> SecurityGroups { get; init; } = [];

    /// <summary>Whether tasks see the caller's address instead of the endpoint's.</summary>
    public bool PreserveClientIp { get; init; }

    /// <summary>Its DNS name; null for the server's address and port, where its tunnels are.</summary>
    public string? DnsName { get; init; }

    /// <summary>Whether it has a DNS name for FIPS, which is the same.</summary>
    public bool HasFipsDnsName { get; init; } = true;

    /// <summary>The time after which tunnels end that do not ask for less.</summary>
    public TimeSpan MaxTunnelDuration { get; init; } = TimeSpan.FromHours(1);
}
