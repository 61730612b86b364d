using Amazon.Runtime;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>Credentials that the user handed over, in the SDK's terms. The source is asked for each request.</summary>
internal sealed class GivenCredentials(ICredentialSource source) : AWSCredentials
{
    internal ICredentialSource Source => source;

    public override ImmutableCredentials GetCredentials() => GetCredentialsAsync().GetAwaiter().GetResult();

    public override async Task<ImmutableCredentials> GetCredentialsAsync()
    {
        var keys = await source.GetKeysAsync();
        return new ImmutableCredentials(keys.AccessKey, keys.SecretKey, keys.SessionToken);
    }
}
