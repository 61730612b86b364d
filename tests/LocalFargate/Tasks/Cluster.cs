namespace LocalFargate.Tasks;

/// <summary>A cluster.</summary>
internal sealed record Cluster(string Name, string Arn);
