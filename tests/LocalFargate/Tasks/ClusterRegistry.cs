using LocalFargate.Services;

namespace LocalFargate.Tasks;

/// <summary>The clusters of a server.</summary>
internal sealed class ClusterRegistry(string arnPrefix, IEnumerable<string> names)
{
    /// <summary>The cluster that a request means which names none.</summary>
    internal const string DefaultName = "default";

    internal IReadOnlyList<Cluster> All { get; } =
        [.. names.Select(name => new Cluster(name, $"{arnPrefix}:cluster/{name}"))];

    /// <summary>Finds a cluster by name or ARN; null when there is none.</summary>
    internal Cluster? Find(string name) => All.FirstOrDefault(cluster => cluster.Name == name || cluster.Arn == name);

    /// <exception cref="Protocol.AwsException">There is no such cluster.</exception>
    internal Cluster Get(string? name) => Find(name ?? DefaultName) ?? throw EcsErrors.ClusterNotFound();

    internal string ArnOf(string name) =>
        name.StartsWith("arn:", StringComparison.Ordinal) ? name : $"{arnPrefix}:cluster/{name}";
}

/// <summary>A cluster.</summary>
internal sealed record Cluster(string Name, string Arn);
