using Amazon.Runtime.CredentialManagement;

namespace EcsFargateLogin.Aws.Profiles;

/// <summary>
/// Keeps the SDK from reading AWS's two files itself, which it does by other rules than the AWS CLI, once a process, when
/// it makes its first client. This copy of it is this module's own, so that no other module is affected.
/// </summary>
internal static class SdkFiles
{
    static SdkFiles()
    {
        var nowhere = Path.Combine(Path.GetDirectoryName(typeof(SdkFiles).Assembly.Location) ?? "", "nowhere", "file");
        Set(nameof(SharedCredentialsFile.DefaultFilePath), nowhere);
        Set(nameof(SharedCredentialsFile.DefaultConfigFilePath), nowhere);
    }

    /// <summary>Makes sure that it does not; once a process is enough.</summary>
    internal static void LeaveAlone()
    {
    }

    private static void Set(string property, string path) =>
        typeof(SharedCredentialsFile).GetProperty(property)!.GetSetMethod(nonPublic: true)!.Invoke(null, [path]);
}
