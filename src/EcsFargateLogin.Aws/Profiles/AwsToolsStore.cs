using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;

namespace EcsFargateLogin.Aws.Profiles;

/// <summary>The profiles that AWS Tools for PowerShell and the AWS SDK for .NET keep encrypted on Windows.</summary>
internal static class AwsToolsStore
{
    private const string Place = "the encrypted store of AWS Tools";

    internal static IEnumerable<string> Names() => Open()?.ListProfileNames() ?? [];

    internal static Profile? Find(string name) =>
        Open() is { } store && store.TryGetProfile(name, out var stored) ? Of(stored) : null;

    /// <summary>Converts a profile of the SDK to the settings of the same profile in a file.</summary>
    internal static Profile Of(CredentialProfile stored)
    {
        var options = stored.Options;
        ConfigSection section = new(stored.Name);
        foreach (var (setting, value) in new Dictionary<string, string?>
        {
            ["aws_access_key_id"] = options.AccessKey,
            ["aws_secret_access_key"] = options.SecretKey,
            ["aws_session_token"] = options.Token,
            ["role_arn"] = options.RoleArn,
            ["source_profile"] = options.SourceProfile,
            ["credential_source"] = options.CredentialSource,
            ["external_id"] = options.ExternalID,
            ["mfa_serial"] = options.MfaSerial,
            ["credential_process"] = options.CredentialProcess,
            ["region"] = stored.Region?.SystemName,
        })
        {
            section.Add(new Setting(setting, Place, line: 0, value ?? ""));
        }

        return new Profile(stored.Name, config: null, section, files: null);
    }

    private static NetSDKCredentialsFile? Open()
    {
        try
        {
            return OperatingSystem.IsWindows() ? new NetSDKCredentialsFile() : null;
        }
        catch (AmazonClientException)
        {
            // This user has no key for decryption.
            return null;
        }
    }
}
