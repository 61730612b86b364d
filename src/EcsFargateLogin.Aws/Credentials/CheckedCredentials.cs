using Amazon.Runtime;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>
/// Credentials whose every renewal, in the middle of a session too, has a limit and fails as an error of this module.
/// </summary>
internal sealed class CheckedCredentials(FoundCredentials found, TimeSpan limit) : AWSCredentials
{
    internal AWSCredentials Found => found.Credentials;

    public override ImmutableCredentials GetCredentials() => GetCredentialsAsync().GetAwaiter().GetResult();

    public override Task<ImmutableCredentials> GetCredentialsAsync() =>
        CredentialCheck.ObtainAsync(found, limit, CancellationToken.None);
}
