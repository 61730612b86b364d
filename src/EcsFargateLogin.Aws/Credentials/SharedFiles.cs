using Amazon.Runtime.CredentialManagement;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>Where the shared credentials and config files lie, by the environment as it is now.</summary>
internal static class SharedFiles
{
    /// <summary>
    /// Points the SDK to the files. It reads the two variables once a process and only where the files exist then; in a
    /// PowerShell session they change. This copy of the SDK is this module's own, so that no other module is affected.
    /// </summary>
    internal static void FollowEnvironment()
    {
        Set(nameof(SharedCredentialsFile.DefaultFilePath), CredentialsFile);
        Set(nameof(SharedCredentialsFile.DefaultConfigFilePath), ConfigFile);
    }

    /// <summary>What was looked at, for people.</summary>
    /// <param name="location">The file that was named instead of both, or null.</param>
    internal static string Describe(string? location) =>
        location is null ? $"'{CredentialsFile}' and '{ConfigFile}'" : $"'{location}'";

    /// <summary>Tells apart the files that two profiles of one name may lie in.</summary>
    internal static string Key(string? location) => Describe(location);

    private static string CredentialsFile =>
        EnvironmentNames.Value(SharedCredentialsFile.SharedCredentialsFileEnvVar) ?? InHome("credentials");

    private static string ConfigFile =>
        EnvironmentNames.Value(SharedCredentialsFile.SharedConfigFileEnvVar)
        ?? Path.Combine(Path.GetDirectoryName(CredentialsFile) ?? "", "config");

    private static string InHome(string name) =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aws", name);

    private static void Set(string property, string path) =>
        typeof(SharedCredentialsFile).GetProperty(property)!.GetSetMethod(nonPublic: true)!.Invoke(null, [path]);
}
