using System.Reflection;
using System.Text.RegularExpressions;
using Amazon.Runtime.CredentialManagement;

namespace EcsFargateLogin.Aws.Profiles;

/// <summary>The paths of AWS's two files and its folder, by the current environment.</summary>
internal static partial class ProfilePaths
{
    internal static string Credentials => Named("AWS_SHARED_CREDENTIALS_FILE") ?? InFolder("credentials");

    internal static string Config => Named("AWS_CONFIG_FILE") ?? InFolder("config");

    /// <summary>Returns a path in the user's folder .aws.</summary>
    internal static string InFolder(params string[] names) => Path.Combine([Home, ".aws", .. names]);

    private static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static string? Named(string variable) => EnvironmentNames.Value(variable) is { } path ? Expand(path) : null;

    /// <summary>Expands variables and ~, as the AWS CLI does; a variable that is not set stays unchanged.</summary>
    private static string Expand(string path)
    {
        var expanded = Variable().Replace(
            path, match => Environment.GetEnvironmentVariable(match.Groups["name"].Value) ?? match.Value);
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
/// Keeps the SDK from reading AWS's two files itself when it creates its first client: its rules differ from the AWS CLI's.
/// This copy of the SDK is the module's own, so other modules are not affected. The setters are not public; in a version without
/// them the SDK reads the files as well, and its complaints about them come up.
/// </summary>
internal static class SdkFiles
{
    static SdkFiles()
    {
        var nowhere = Path.Combine(Path.GetDirectoryName(typeof(SdkFiles).Assembly.Location) ?? "", "nowhere", "file");
        TrySet(nameof(SharedCredentialsFile.DefaultFilePath), nowhere);
        TrySet(nameof(SharedCredentialsFile.DefaultConfigFilePath), nowhere);
    }

    /// <summary>Runs the static constructor.</summary>
    internal static void Disable()
    {
    }

    /// <summary>Sets the path that the SDK has for a file; false in a version of the SDK without the setter.</summary>
    /// <param name="property">A static property of <see cref="SharedCredentialsFile"/>.</param>
    /// <param name="path">The path.</param>
    internal static bool TrySet(string property, string path)
    {
        var setter = typeof(SharedCredentialsFile).GetProperty(property, BindingFlags.Static | BindingFlags.Public)
            ?.GetSetMethod(nonPublic: true);
        setter?.Invoke(null, [path]);
        return setter is not null;
    }
}
