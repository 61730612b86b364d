namespace EcsFargateLogin.Cloud;

/// <summary>
/// The operations of EC2 Instance Connect that tunnels into a VPC need. Throws as <see cref="IFargateCloud"/> does.
/// </summary>
internal interface IInstanceConnect
{
    /// <summary>
    /// Finds EC2 Instance Connect Endpoints, whatever their state, except deleted ones.
    /// </summary>
    /// <param name="vpcId">The VPC.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    Task<IReadOnlyList<InstanceConnectEndpoint>> FindEndpointsAsync(string vpcId, CancellationToken cancellationToken);

    /// <summary>
    /// Signs a URL that opens one tunnel. It is a secret for a minute: whoever has it can connect to that address and port.
    /// </summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="address">The private address.</param>
    /// <param name="port">The port: AWS accepts 22 and 3389.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    Task<string> SignTunnelAsync(InstanceConnectEndpoint endpoint, string address, int port, CancellationToken cancellationToken);
}

/// <summary>An EC2 Instance Connect Endpoint.</summary>
internal sealed record InstanceConnectEndpoint
{
    /// <summary>Its id, eice-….</summary>
    public required string Id { get; init; }

    /// <summary>create-complete, update-in-progress, …</summary>
    public required string State { get; init; }

    /// <summary>AWS's explanation of the state, where there is one.</summary>
    public string? StateMessage { get; init; }

    /// <summary>The subnet it lies in.</summary>
    public string? SubnetId { get; init; }

    /// <summary>The VPC it leads into.</summary>
    public string? VpcId { get; init; }

    /// <summary>The security groups of its network interface, which the rules of a task can name.</summary>
    public IReadOnlyList<string> SecurityGroups { get; init; } = [];

    /// <summary>Whether tasks see the caller's address instead of its own.</summary>
    public bool PreservesClientAddress { get; init; }

    /// <summary>The host that tunnels connect to; null where it has none, or none of the kind that is configured.</summary>
    public string? DnsName { get; init; }

    /// <summary>The id and the state, for people.</summary>
    public override string ToString() => $"{Id} is {State}{(StateMessage is { } why ? $" ({why.TrimEnd('.')})" : "")}";

    /// <summary>Whether it accepts tunnels.</summary>
    public bool IsUsable => State is "create-complete" or "update-in-progress" or "update-complete" or "update-failed";

    /// <summary>Returns the one that a session uses, rather one in its own subnet; null where none accepts tunnels.</summary>
    /// <param name="endpoints">Endpoints of the task's VPC.</param>
    /// <param name="subnetIds">The subnet of the task, or those that it may be started in.</param>
    public static InstanceConnectEndpoint? BestOf(
        IEnumerable<InstanceConnectEndpoint> endpoints, IReadOnlyCollection<string?> subnetIds) => endpoints
        .Where(endpoint => endpoint is { IsUsable: true, DnsName: not null })
        .OrderBy(endpoint => subnetIds.Contains(endpoint.SubnetId) ? 0 : 1)
        .FirstOrDefault();
}
