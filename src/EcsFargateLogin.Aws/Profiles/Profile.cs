using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Profiles;

/// <summary>A profile: the settings under its name in AWS's two files. Empty settings count as absent.</summary>
/// <param name="name">Its name.</param>
/// <param name="config">Its section of the config file, or null.</param>
/// <param name="credentials">Its section of the credentials file, which takes precedence; or null.</param>
/// <param name="files">The files with the sections that it refers to; null if it is not from a file.</param>
internal sealed class Profile(string name, ConfigSection? config, ConfigSection? credentials, ProfileFiles? files)
{
    internal string Name => name;

    /// <summary>The profile as a source, for display.</summary>
    internal string Source => $"profile '{name}'";

    internal ConfigSection? Config => config;

    internal ConfigSection? Credentials => credentials;

    internal Setting? Find(string setting) => credentials?[setting] ?? config?[setting];

    internal bool Has(string setting) => Find(setting) is not null;

    /// <summary>Returns a setting's value, or null.</summary>
    /// <exception cref="FargateException">It has several lines.</exception>
    internal string? Text(string setting) => Find(setting) is { } found ? Text(found) : null;

    /// <summary>Returns the value of a setting of this profile or of a section that it refers to.</summary>
    /// <exception cref="FargateException">It has several lines.</exception>
    internal string Text(Setting setting) => setting.Continuation is not { } line ? setting.Value : throw Invalid(
        setting, $"is continued by line {line}, which begins with white space; remove the white space if that line is a setting");

    /// <summary>Returns the section that a setting refers to, or null.</summary>
    /// <param name="kind">sso-session or services.</param>
    /// <param name="reference">The setting with its name.</param>
    /// <exception cref="FargateException">It is malformed.</exception>
    internal ConfigSection? Section(string kind, Setting reference) => files?.Section(kind, Text(reference));

    /// <summary>Returns a setting that is true or false, or null.</summary>
    /// <exception cref="FargateException">It is neither.</exception>
    internal bool? Switch(string setting) => Text(setting)?.ToLowerInvariant() switch
    {
        null => null,
        "true" => true,
        // The AWS CLI reads these as false.
        "false" or "no" or "off" or "0" => false,
        var other => throw Invalid(Find(setting)!, $"is '{other}', which is neither true nor false"),
    };

    /// <param name="setting">The invalid setting.</param>
    /// <param name="reason">The reason, as the end of a sentence. Contains no secret.</param>
    internal FargateException Invalid(Setting setting, string reason) =>
        CredentialErrors.InvalidProfile(name, $"{setting.Name} ({setting.Where}) {reason}");
}
