namespace EcsFargateLogin.Cloud;

/// <summary>Credentials that the user handed over as keys or as an object, instead of saying where to find them.</summary>
internal interface ICredentialSource
{
    /// <summary>How they were handed over: Keys, Credential or StoredCredentials.</summary>
    CredentialOrigin Origin { get; }

    /// <summary>The keys that are valid now. Asked again for each request, because they may be renewed in between.</summary>
    Task<AccessKeys> GetKeysAsync();

    /// <summary>That by which two sources are told apart. Holds no secret that the source does not.</summary>
    object Identity => this;

    /// <summary>When the keys end for good; null where they are renewed or do not tell it.</summary>
    DateTimeOffset? End => null;
}

/// <summary>The keys that sign requests to AWS.</summary>
/// <param name="AccessKey">The access key id.</param>
/// <param name="SecretKey">The secret access key.</param>
/// <param name="SessionToken">The session token of temporary keys; null for long-lived ones.</param>
internal sealed record AccessKeys(string AccessKey, string SecretKey, string? SessionToken)
{
    /// <summary>Shows no secret.</summary>
    public override string ToString() => nameof(AccessKeys);
}

/// <summary>Keys that were typed.</summary>
/// <param name="origin">How they were handed over.</param>
/// <param name="keys">The keys.</param>
internal sealed class GivenKeys(CredentialOrigin origin, AccessKeys keys) : ICredentialSource
{
    /// <inheritdoc/>
    public CredentialOrigin Origin => origin;

    /// <inheritdoc/>
    public object Identity => keys.AccessKey;

    /// <inheritdoc/>
    public Task<AccessKeys> GetKeysAsync() => Task.FromResult(keys);
}

/// <summary>Origins of credentials in the words that users type.</summary>
internal static class CredentialOriginText
{
    public static string ToText(this CredentialOrigin origin) => origin switch
    {
        CredentialOrigin.Profile => "-ProfileName",
        CredentialOrigin.Keys => "-AccessKey and -SecretKey",
        CredentialOrigin.Credential => "-Credential",
        CredentialOrigin.StoredCredentials => "$StoredAWSCredentials",
        _ => "the default credentials",
    };
}
