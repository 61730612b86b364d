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
                using var catalog = await FargateCloud.Connector.OpenCatalogAsync(settings, cancellationToken);
                return await AskAsync(catalog, scope, cancellationToken);
            });
    }

    /// <summary>The cluster or family that the query is limited to; null for no limit.</summary>
    private protected virtual string? Scope(TypedWord word, TypedCommand command) => null;

    private protected abstract Task<IEnumerable<Candidate>> AskAsync(
        IFargateCatalog catalog, string? scope, CancellationToken cancellationToken);

    /// <summary>The part of an ARN after its last slash.</summary>
    private protected static string NameOf(string arn) => arn[(arn.LastIndexOf('/') + 1)..];

    /// <summary>Joins the parts that are not empty, with commas.</summary>
    private protected static string Join(params string?[] parts) =>
        string.Join(", ", parts.Where(part => !string.IsNullOrEmpty(part)));
}

/// <summary>Completes the names of clusters.</summary>
internal sealed class ClusterCompleter : CatalogCompleter
{
    private protected override async Task<IEnumerable<Candidate>> AskAsync(
        IFargateCatalog catalog, string? scope, CancellationToken cancellationToken) =>
        (await catalog.ListClustersAsync(cancellationToken))
            .Select(arn => new Candidate(NameOf(arn)) { Description = arn })
            .OrderBy(candidate => candidate.Value, StringComparer.OrdinalIgnoreCase);
}

/// <summary>Completes the names of a cluster's services.</summary>
internal sealed class ServiceCompleter : CatalogCompleter
{
    private protected override string? Scope(TypedWord word, TypedCommand command) => command.Cluster();

    private protected override async Task<IEnumerable<Candidate>> AskAsync(
        IFargateCatalog catalog, string? scope, CancellationToken cancellationToken) =>
        (await catalog.ListServicesAsync(scope!, cancellationToken))
            .Select(arn => new Candidate(NameOf(arn)) { Description = arn })
            .OrderBy(candidate => candidate.Value, StringComparer.OrdinalIgnoreCase);
}

/// <summary>Completes the families of task definitions and, after a colon, the revisions of one.</summary>
internal sealed class TaskDefinitionCompleter : CatalogCompleter
{
    private protected override string? Scope(TypedWord word, TypedCommand command) => FamilyOf(word);

    private protected override Task<IEnumerable<Candidate>> AskAsync(
        IFargateCatalog catalog, string? scope, CancellationToken cancellationToken) =>
        scope is { } family
            ? RevisionsAsync(catalog, family, cancellationToken)
            : FamiliesAsync(catalog, cancellationToken);

    private static async Task<IEnumerable<Candidate>> FamiliesAsync(
        IFargateCatalog catalog, CancellationToken cancellationToken) =>
        (await catalog.ListTaskDefinitionFamiliesAsync(cancellationToken))
            .Order(StringComparer.OrdinalIgnoreCase)
            .Select(family => new Candidate(family)
            {
                Description = $"{family}, its latest revision; {family}: completes to a certain one",
            });

    private static async Task<IEnumerable<Candidate>> RevisionsAsync(
        IFargateCatalog catalog, string family, CancellationToken cancellationToken) =>
        (await catalog.ListTaskDefinitionsAsync(family, cancellationToken))
            .Select(arn => new Candidate(NameOf(arn)) { Description = arn });

    private static string? FamilyOf(TypedWord word) => word.Text.Split(':') is [{ Length: > 0 } family, _] ? family : null;
}

/// <summary>Completes the ids of subnets. Typing a subnet's name finds it too.</summary>
internal sealed class SubnetCompleter : CatalogCompleter
{
    private protected override async Task<IEnumerable<Candidate>> AskAsync(
        IFargateCatalog catalog, string? scope, CancellationToken cancellationToken) =>
        (await catalog.DescribeSubnetsAsync(cancellationToken))
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
        IFargateCatalog catalog, string? scope, CancellationToken cancellationToken) =>
        (await catalog.DescribeInstanceConnectEndpointsAsync(cancellationToken))
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
        IFargateCatalog catalog, string? scope, CancellationToken cancellationToken) =>
        (await catalog.DescribeSecurityGroupsAsync(cancellationToken))
            .OrderBy(group => group.VpcId, StringComparer.Ordinal)
            .ThenBy(group => group.Name, StringComparer.OrdinalIgnoreCase)
            .Select(group => new Candidate(group.Id)
            {
                Name = group.Name,
                Description = Join(group.Name, group.Description, group.VpcId),
            });
}
