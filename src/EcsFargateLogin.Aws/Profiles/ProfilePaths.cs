using System.Text.RegularExpressions;
using Amazon.Runtime.CredentialManagement;

namespace EcsFargateLogin.Aws.Profiles;

/// <summary>Where AWS's two files and its folder lie, by the environment as it is now.</summary>
internal static partial class ProfilePaths
{
    internal static string Credentials => Named("AWS_SHARED_CREDENTIALS_FILE") ?? InFolder("credentials");

    internal static string Config => Named("AWS_CONFIG_FILE") ?? InFolder("config");

    /// <summary>A path in the folder .aws of this user.</summary>
    internal static string InFolder(params string[] names) => Path.Combine([Home, ".aws", .. names]);

    private static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static string? Named(string variable) => EnvironmentNames.Value(variable) is { } path ? Expand(path) : null;

    /// <summary>Puts variables and ~ in, as the AWS CLI does; a variable that is not set stays as it is written.</summary>
    private static string Expand(string path)
    {
        var expanded = Variable().Replace(path, match => Environment.GetEnvironmentVariable(match.Groups["name"].Value) ?? match.Value);
        if (OperatingSystem.IsWindows())
        {
            expanded = Environment.ExpandEnvironmentVariables(expanded);
        }

        return expanded == "~" || expanded.StartsWith("~/", StringComparison.Ordinal)
            || (OperatingSystem.IsWindows() && expanded.StartsWith(@"~\", StringComparison.Ordinal))
                ? Home + expanded[1..]
                : expanded;
    }

    [GeneratedRegex(@"\$(?:(?<name>\w+)|\{(?<name>[^}]*)\})", RegexOptions.ECMAScript)]
    private static partial Regex Variable();
}

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
