using Amazon.Runtime;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>Credentials and where they came from.</summary>
/// <param name="Credentials">What signs the requests; refreshes itself.</param>
/// <param name="Source">Where they were found, for people.</param>
internal sealed record FoundCredentials(AWSCredentials Credentials, string Source)
{
    /// <summary>The profile they came from, or null.</summary>
    internal string? ProfileName { get; init; }

    /// <summary>Whether a person may have to be asked for a code.</summary>
    internal bool AsksPerson { get; init; }
}
