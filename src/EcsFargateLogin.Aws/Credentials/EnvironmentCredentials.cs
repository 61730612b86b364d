using Amazon.Runtime;
using EcsFargateLogin.Aws.Profiles;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>The keys in the environment, read for each request.</summary>
internal sealed class EnvironmentCredentials : AWSCredentials
{
    private EnvironmentCredentials()
    {
    }

    /// <summary>Returns null if the environment has no keys.</summary>
    /// <exception cref="FargateException">It has half a pair; the SDK would continue and find another account's.</exception>
    internal static EnvironmentCredentials? Find() =>
        (EnvironmentNames.Value(EnvironmentNames.AccessKey), EnvironmentNames.Value(EnvironmentNames.SecretKey)) switch
        {
            (null, null) => null,
            (null, _) => throw CredentialErrors.NoCredentials(
                $"{EnvironmentNames.SecretKey} is set, but {EnvironmentNames.AccessKey} is not."),
            (_, null) => throw CredentialErrors.NoCredentials(
                $"{EnvironmentNames.AccessKey} is set, but {EnvironmentNames.SecretKey} is not."),
            _ => new(),
        };

    public override ImmutableCredentials GetCredentials() =>
        EnvironmentNames.Value(EnvironmentNames.AccessKey) is { } accessKey
        && EnvironmentNames.Value(EnvironmentNames.SecretKey) is { } secretKey
            ? new(accessKey, secretKey, SessionToken)
            : throw CredentialErrors.NoCredentials("the keys were removed from the environment.");

    public override Task<ImmutableCredentials> GetCredentialsAsync() => Task.FromResult(GetCredentials());

    internal static string? SessionToken =>
        EnvironmentNames.Value(EnvironmentNames.SessionToken) ?? EnvironmentNames.Value(EnvironmentNames.SecurityToken);
}

/// <summary>The credentials of a container's task or pod, if the environment announces them.</summary>
internal static class ContainerMetadata
{
    internal static AWSCredentials? Find() =>
        EnvironmentNames.Value(EnvironmentNames.ContainerRelativeUri) is null
        && EnvironmentNames.Value(EnvironmentNames.ContainerFullUri) is null
            ? null
            : new GenericContainerCredentials();
}
