using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Completion;

/// <summary>What was asked of whom. Two questions that are equal have the same answer.</summary>
/// <param name="Settings">How the command would reach AWS.</param>
/// <param name="Topic">What is asked for.</param>
internal sealed record CatalogQuestion(CloudSettings Settings, string Topic)
{
    // What makes it another account or region where the settings leave that open; none of them is a secret.
    private static readonly string[] s_variables =
    [
        "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_CONFIG_FILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_ECS", "AWS_ENDPOINT_URL_EC2",
    ];

    private string Surroundings { get; } = string.Join('\n', s_variables.Select(Environment.GetEnvironmentVariable));
}
