namespace EcsFargateLogin.Cloud;

/// <summary>
/// Lists the resources of an account that a session can be started with or in. Throws as <see cref="IFargateCloud"/> does.
/// </summary>
internal interface IFargateCatalog
{
    /// <summary>Lists the ARNs of the region's clusters.</summary>
    Task<IReadOnlyList<string>> ListClustersAsync(CancellationToken cancellationToken);

    /// <summary>Lists the ARNs of a cluster's services.</summary>
    Task<IReadOnlyList<string>> ListServicesAsync(string cluster, CancellationToken cancellationToken);

    /// <summary>Lists the families with an active task definition.</summary>
    Task<IReadOnlyList<string>> ListTaskDefinitionFamiliesAsync(CancellationToken cancellationToken);

    /// <summary>Lists the ARNs of a family's active task definitions, the newest first.</summary>
    Task<IReadOnlyList<string>> ListTaskDefinitionsAsync(string family, CancellationToken cancellationToken);

    /// <summary>Lists the region's subnets.</summary>
    Task<IReadOnlyList<SubnetDescription>> DescribeSubnetsAsync(CancellationToken cancellationToken);

    /// <summary>Lists the region's security groups.</summary>
    Task<IReadOnlyList<SecurityGroupDescription>> DescribeSecurityGroupsAsync(CancellationToken cancellationToken);

    /// <summary>Lists the region's EC2 Instance Connect Endpoints, whatever their state, except deleted ones.</summary>
    Task<IReadOnlyList<InstanceConnectEndpoint>> DescribeInstanceConnectEndpointsAsync(CancellationToken cancellationToken);
}

/// <summary>A subnet.</summary>
internal sealed record SubnetDescription
{
    /// <summary>Its id, subnet-….</summary>
    public required string Id { get; init; }

    /// <summary>The value of its tag Name, or null.</summary>
    public string? Name { get; init; }

    /// <summary>Its IPv4 range in CIDR notation; null where it has only IPv6.</summary>
    public string? CidrBlock { get; init; }

    /// <summary>Its availability zone.</summary>
    public string? AvailabilityZone { get; init; }

    /// <summary>The VPC it belongs to.</summary>
    public string? VpcId { get; init; }

    /// <summary>The number of free IPv4 addresses; null where it was not requested.</summary>
    public int? FreeAddresses { get; init; }
}

/// <summary>A security group.</summary>
internal sealed record SecurityGroupDescription
{
    /// <summary>Its id, sg-….</summary>
    public required string Id { get; init; }

    /// <summary>Its name, unique in its VPC.</summary>
    public string? Name { get; init; }

    /// <summary>Its description.</summary>
    public string? Description { get; init; }

    /// <summary>The VPC it belongs to.</summary>
    public string? VpcId { get; init; }
}

/// <summary>A region.</summary>
/// <param name="SystemName">The name, such as eu-central-1.</param>
/// <param name="DisplayName">The name for people, such as Europe (Frankfurt).</param>
internal sealed record RegionDescription(string SystemName, string DisplayName);
