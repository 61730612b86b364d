namespace LocalFargate.Containers;

/// <summary>The environment variables that a container gets besides those of its task definition.</summary>
internal static class ContainerEnvironment
{
    /// <summary>The search path that container runtimes set where an image does not.</summary>
    internal const string Path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    internal static Dictionary<string, string> Create(string hostname, string region) => new()
    {
        ["PATH"] = Path,
        ["HOSTNAME"] = hostname,
        ["AWS_EXECUTION_ENV"] = "AWS_ECS_FARGATE",
        ["AWS_REGION"] = region,
        ["AWS_DEFAULT_REGION"] = region,
    };
}
