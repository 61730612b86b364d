namespace EcsFargateLogin.EndToEnd.Access;

// Objects of the shapes that AWS Tools for PowerShell hands to its users.

/// <summary>The AWSPSCredentials of AWS Tools: keeps the SDK's credentials to itself.</summary>
internal sealed class AWSPSCredentials(RenewingCredentials credentials)
{
    internal RenewingCredentials Credentials { get; } = credentials;
}

/// <summary>An AWSCredentials of the AWS SDK, which a test can renew.</summary>
internal sealed class RenewingCredentials
{
    private int _uses;

    public KeysOfSdk Keys { get; set; } = new("", "", "");

    /// <summary>The number of times that it was asked for keys.</summary>
    internal int Uses => _uses;

    public async Task<KeysOfSdk> GetCredentialsAsync()
    {
        await Task.Yield();
        Interlocked.Increment(ref _uses);
        return Keys;
    }
}

/// <summary>The ImmutableCredentials of the AWS SDK.</summary>
internal sealed class KeysOfSdk(string accessKey, string secretKey, string token)
{
    public string AccessKey => accessKey;

    public string SecretKey => secretKey;

    public string Token => token;
}

/// <summary>The AWSRegion of AWS Tools.</summary>
internal sealed class AWSRegion(string region)
{
    public string Region => region;
}

/// <summary>The RegionEndpoint of the AWS SDK.</summary>
internal sealed class RegionEndpoint(string systemName)
{
    public string SystemName => systemName;
}
