using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Completion;

/// <summary>What was asked of whom. Two questions that are equal have the same answer.</summary>
internal sealed record CatalogQuestion
{
    // What makes it another account or region where the settings leave that open; none of them is a secret.
    private static readonly string[] Variables =
    [
        "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_CONFIG_FILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_ECS", "AWS_ENDPOINT_URL_EC2",
    ];

    private readonly CloudSettings _settings;
    private readonly object? _credential;
    private readonly string _topic;
    private readonly string _surroundings = string.Join('\n', Variables.Select(Environment.GetEnvironmentVariable));

    /// <param name="settings">How the command would reach AWS.</param>
    /// <param name="topic">What is asked for.</param>
    internal CatalogQuestion(CloudSettings settings, string topic)
    {
        // Wrapped anew for each command, credentials would never be equal.
        _settings = settings with { Credentials = null, RegionSource = "" };
        _credential = settings.Credentials?.Identity;
        _topic = topic;
    }
}
