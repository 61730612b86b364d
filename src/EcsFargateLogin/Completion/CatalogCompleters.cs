using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Completion;

/// <summary>Completes the names and ids of an account's resources, by asking AWS.</summary>
internal abstract class CatalogCompleter : Completer
{
    private protected sealed override IEnumerable<Candidate> Candidates(TypedWord word, TypedCommand command)
    {
        var settings = command.Access();
        var scope = Scope(word, command);
        return CatalogCache.Ask(
            new CatalogQuery(settings, $"{GetType().Name} {scope}"),
            async cancellationToken =>
            {
                using var cloud = await FargateCloud.Connector.ConnectAsync(settings, cancellationToken);
                return await AskAsync(cloud, scope, cancellationToken);
            });
    }

    /// <summary>What the query is limited to.</summary>
    private protected virtual CatalogScope Scope(TypedWord word, TypedCommand command) => new();

    private protected abstract Task<IEnumerable<Candidate>> AskAsync(
        IFargateCloud cloud, CatalogScope scope, CancellationToken cancellationToken);

    /// <summary>The part of an ARN after its last slash.</summary>
    private protected static string NameOf(string arn) => arn[(arn.LastIndexOf('/') + 1)..];

    /// <summary>Joins the parts that are not empty, with commas.</summary>
    private protected static string Join(params string?[] parts) =>
        string.Join(", ", parts.Where(part => !string.IsNullOrEmpty(part)));
}

/// <summary>What a query is limited to. Queries with equal scopes have the same reply.</summary>
internal sealed record CatalogScope
{
    /// <summary>The cluster; null where none matters.</summary>
    internal string? Cluster { get; init; }

    /// <summary>The task definition, or its family; null for none.</summary>
    internal string? TaskDefinition { get; init; }

    /// <summary>The task, by ARN or id; null for none.</summary>
    internal string? Task { get; init; }

    /// <summary>The service; null for none.</summary>
    internal string? Service { get; init; }

    /// <summary>The values, in a text that differs from that of every other scope.</summary>
    public override string ToString() => string.Join('\n', Cluster, TaskDefinition, Task, Service);
}

/// <summary>Completes the names of clusters.</summary>
internal sealed class ClusterCompleter : CatalogCompleter
{
    private protected override async Task<IEnumerable<Candidate>> AskAsync(
        IFargateCloud cloud, CatalogScope scope, CancellationToken cancellationToken) =>
        (await cloud.Catalog.ListClustersAsync(cancellationToken))
            .Select(arn => new Candidate(NameOf(arn)) { Description = arn })
            .OrderBy(candidate => candidate.Value, StringComparer.OrdinalIgnoreCase);
}

/// <summary>Completes the ids of subnets. Typing a subnet's name finds it too.</summary>
internal sealed class SubnetCompleter : CatalogCompleter
{
    private protected override async Task<IEnumerable<Candidate>> AskAsync(
        IFargateCloud cloud, CatalogScope scope, CancellationToken cancellationToken) =>
        (await cloud.Catalog.DescribeSubnetsAsync(cancellationToken))
            .OrderBy(subnet => subnet.VpcId, StringComparer.Ordinal)
            .ThenBy(subnet => subnet.Name, StringComparer.OrdinalIgnoreCase)
            .ThenBy(subnet => subnet.AvailabilityZone, StringComparer.Ordinal)
            .Select(subnet => new Candidate(subnet.Id)
            {
                Name = subnet.Name,
                Description = Join(subnet.Name, subnet.CidrBlock, subnet.AvailabilityZone, subnet.VpcId),
            });
}

/// <summary>Completes the ids of EC2 Instance Connect Endpoints.</summary>
internal sealed class InstanceConnectEndpointCompleter : CatalogCompleter
{
    private protected override async Task<IEnumerable<Candidate>> AskAsync(
        IFargateCloud cloud, CatalogScope scope, CancellationToken cancellationToken) =>
        (await cloud.Catalog.DescribeInstanceConnectEndpointsAsync(cancellationToken))
            .OrderBy(endpoint => endpoint.VpcId, StringComparer.Ordinal)
            .ThenBy(endpoint => endpoint.Id, StringComparer.Ordinal)
            .Select(endpoint => new Candidate(endpoint.Id)
            {
                Description = Join(endpoint.State, endpoint.SubnetId, endpoint.VpcId),
            });
}

/// <summary>Completes the ids of security groups. Typing a group's name finds it too.</summary>
internal sealed class SecurityGroupCompleter : CatalogCompleter
{
    private protected override async Task<IEnumerable<Candidate>> AskAsync(
        IFargateCloud cloud, CatalogScope scope, CancellationToken cancellationToken) =>
        (await cloud.Catalog.DescribeSecurityGroupsAsync(cancellationToken))
            .OrderBy(group => group.VpcId, StringComparer.Ordinal)
            .ThenBy(group => group.Name, StringComparer.OrdinalIgnoreCase)
            .Select(group => new Candidate(group.Id)
            {
                Name = group.Name,
                Description = Join(group.Name, group.Description, group.VpcId),
            });
}
