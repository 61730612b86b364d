using System.Text.Json.Serialization;

namespace EcsFargateLogin.Cloud;

/// <summary>The user's settings for the connection to AWS. The SDK's rules supply what is null.</summary>
internal sealed record CloudSettings
{
    /// <summary>A credential profile's name.</summary>
    public string? ProfileName { get; init; }

    /// <summary>The absolute path of a file that replaces the shared credentials file; null for the default one.</summary>
    public string? ProfileLocation { get; init; }

    /// <summary>A region's system name, such as eu-central-1.</summary>
    public string? Region { get; init; }

    /// <summary>The source of the region, for people.</summary>
    public string RegionSource { get; init; } = "-Region";

    /// <summary>An absolute http or https URL that replaces the endpoint of every service.</summary>
    public string? EndpointUrl { get; init; }

    /// <summary>
    /// Credentials that the user passed as keys or an object, which take precedence over profiles; null lets the SDK find them.
    /// </summary>
    internal ICredentialSource? Credentials { get; init; }

    /// <summary>Asks the user for an MFA code; null where no user can be asked.</summary>
    internal Func<MfaRequest, CancellationToken, Task<string>>? MfaCode { get; init; }
}

/// <summary>
/// The settings that restore a connection to AWS: one record, which sessions hold and the journal keeps. Holds no secret.
/// Sessions with equal records share a client.
/// </summary>
internal sealed record AwsConnection
{
    /// <summary>The region's system name; empty where it is not known.</summary>
    [JsonRequired]
    public string Region { get; init; } = "";

    /// <summary>The endpoint that was asked for, or null.</summary>
    public string? EndpointUrl { get; init; }

    /// <summary>The origin of the credentials.</summary>
    public CredentialOrigin CredentialOrigin { get; init; }

    /// <summary>The profile that the credentials came from, or null.</summary>
    public string? ProfileName { get; init; }

    /// <summary>The shared credentials file that was asked for, or null.</summary>
    public string? ProfileLocation { get; init; }
}

/// <summary>A resolved connection, with the sources of its parts.</summary>
internal sealed record CloudConnection
{
    /// <summary>The connection.</summary>
    public required AwsConnection Aws { get; init; }

    /// <summary>The region's system name.</summary>
    public string Region => Aws.Region;

    /// <summary>The source of the region, for people: "-Region", "profile 'ops'", "environment", …</summary>
    public required string RegionSource { get; init; }

    /// <summary>The source of the credentials, for people.</summary>
    public required string CredentialSource { get; init; }

    /// <summary>The URL of ECS.</summary>
    public required string EcsEndpoint { get; init; }
}

/// <summary>A request for a code of an MFA device, which is needed to assume a role.</summary>
/// <param name="ProfileName">The profile that assumes the role.</param>
/// <param name="SerialNumber">The device's serial number or ARN.</param>
internal sealed record MfaRequest(string ProfileName, string SerialNumber);
