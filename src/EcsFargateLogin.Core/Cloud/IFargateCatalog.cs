namespace EcsFargateLogin.Cloud;

/// <summary>
/// What an account has that a session can be started with or in. Throws as <see cref="IFargateCloud"/> does.
/// </summary>
internal interface IFargateCatalog : IDisposable
{
    /// <summary>The ARNs of the region's clusters.</summary>
    Task<IReadOnlyList<string>> ListClustersAsync(CancellationToken cancellationToken);

    /// <summary>The ARNs of a cluster's services.</summary>
    Task<IReadOnlyList<string>> ListServicesAsync(string cluster, CancellationToken cancellationToken);

    /// <summary>The families that have an active task definition.</summary>
    Task<IReadOnlyList<string>> ListTaskDefinitionFamiliesAsync(CancellationToken cancellationToken);

    /// <summary>The ARNs of a family's active task definitions, the newest first.</summary>
    Task<IReadOnlyList<string>> ListTaskDefinitionsAsync(string family, CancellationToken cancellationToken);

    /// <summary>The region's subnets.</summary>
    Task<IReadOnlyList<SubnetDescription>> DescribeSubnetsAsync(CancellationToken cancellationToken);

    /// <summary>The region's security groups.</summary>
    Task<IReadOnlyList<SecurityGroupDescription>> DescribeSecurityGroupsAsync(CancellationToken cancellationToken);
}

/// <summary>A subnet.</summary>
internal sealed record SubnetDescription
{
    /// <summary>Its id, subnet-….</summary>
    public required string Id { get; init; }

    /// <summary>The value of its tag Name, or null.</summary>
    public string? Name { get; init; }

    /// <summary>Its IPv4 addresses, in CIDR notation; null where it has IPv6 ones only.</summary>
    public string? CidrBlock { get; init; }

    /// <summary>The zone it lies in.</summary>
    public string? AvailabilityZone { get; init; }

    /// <summary>The VPC it belongs to.</summary>
    public string? VpcId { get; init; }

    /// <summary>How many IPv4 addresses are free; null where that was not asked for.</summary>
    public int? FreeAddresses { get; init; }
}

/// <summary>A security group.</summary>
internal sealed record SecurityGroupDescription
{
    /// <summary>Its id, sg-….</summary>
    public required string Id { get; init; }

    /// <summary>Its name, unique in its VPC.</summary>
    public string? Name { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>The VPC it belongs to.</summary>
    public string? VpcId { get; init; }
}

/// <summary>A region.</summary>
/// <param name="SystemName">Such as eu-central-1.</param>
/// <param name="DisplayName">Such as Europe (Frankfurt).</param>
internal sealed record RegionDescription(string SystemName, string DisplayName);
