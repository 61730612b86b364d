using System.Text.Json.Serialization;

namespace EcsFargateLogin.Cloud;

/// <summary>The user's settings for reaching AWS. The SDK's own rules find what is null.</summary>
internal sealed record CloudSettings
{
    /// <summary>A credential profile's name.</summary>
    public string? ProfileName { get; init; }

    /// <summary>The file that takes the shared credentials file's place, as an absolute path; null for the usual one.</summary>
    public string? ProfileLocation { get; init; }

    /// <summary>A region's system name, such as eu-central-1.</summary>
    public string? Region { get; init; }

    /// <summary>The source of the region, for people.</summary>
    public string RegionSource { get; init; } = "-Region";

    /// <summary>An absolute http or https URL that takes every service's place.</summary>
    public string? EndpointUrl { get; init; }

    /// <summary>Credentials that the user handed over, which go before any profile; null finds them.</summary>
    internal ICredentialSource? Credentials { get; init; }

    /// <summary>Asks a person for an MFA code; null where nobody can be asked.</summary>
    internal Func<MfaRequest, CancellationToken, Task<string>>? MfaCode { get; init; }
}

/// <summary>
/// A connection to AWS by the names that find it again: one record, which sessions hold and the journal keeps. Holds no secret.
/// Sessions with equal ones share a client.
/// </summary>
internal sealed record AwsConnection
{
    /// <summary>The region's system name; empty where it is not known.</summary>
    [JsonRequired]
    public string Region { get; init; } = "";

    /// <summary>The endpoint that was asked for, or null.</summary>
    public string? EndpointUrl { get; init; }

    /// <summary>How the credentials were named.</summary>
    public CredentialOrigin CredentialOrigin { get; init; }

    /// <summary>The profile that the credentials came from, or null.</summary>
    public string? ProfileName { get; init; }

    /// <summary>The shared credentials file that was asked for, or null.</summary>
    public string? ProfileLocation { get; init; }
}

/// <summary>A connection as resolved, with the places where its parts were found.</summary>
internal sealed record CloudConnection
{
    /// <summary>The connection.</summary>
    public required AwsConnection Aws { get; init; }

    /// <summary>The region's system name.</summary>
    public string Region => Aws.Region;

    /// <summary>Where the region was found, for people: "-Region", "profile 'ops'", "environment", …</summary>
    public required string RegionSource { get; init; }

    /// <summary>Where the credentials were found, for people.</summary>
    public required string CredentialSource { get; init; }

    /// <summary>The URL that requests to ECS go to.</summary>
    public required string EcsEndpoint { get; init; }
}

/// <summary>A code of a multi-factor device is needed to assume a role.</summary>
/// <param name="ProfileName">The profile that wants it.</param>
/// <param name="SerialNumber">The device's serial number or ARN.</param>
internal sealed record MfaRequest(string ProfileName, string SerialNumber);
