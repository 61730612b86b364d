using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Profiles;

/// <summary>A profile: what AWS's two files say under its name. Empty settings count as not there.</summary>
/// <param name="name">Its name.</param>
/// <param name="config">Its section of the config file, or null.</param>
/// <param name="credentials">Its section of the credentials file, whose settings go before the others; or null.</param>
/// <param name="files">The files that it refers to sections of; null where it is not of a file.</param>
internal sealed class Profile(string name, ConfigSection? config, ConfigSection? credentials, ProfileFiles? files)
{
    internal string Name => name;

    /// <summary>The profile as the source of something, for people.</summary>
    internal string Source => $"profile '{name}'";

    internal ConfigSection? Config => config;

    internal ConfigSection? Credentials => credentials;

    internal Setting? Find(string setting) => credentials?[setting] ?? config?[setting];

    internal bool Has(string setting) => Find(setting) is not null;

    /// <summary>A setting's value, or null.</summary>
    /// <exception cref="FargateException">It has several lines.</exception>
    internal string? Text(string setting) => Find(setting) is { } found ? Text(found) : null;

    /// <summary>The value of a setting of this profile or of a section that it refers to.</summary>
    /// <exception cref="FargateException">It has several lines.</exception>
    internal string Text(Setting setting) => setting.Continuation is not { } line ? setting.Value : throw Invalid(
        setting, $"is continued by line {line}, which begins with white space; remove the white space if that line is a setting");

    /// <summary>The section that a setting refers to, or null.</summary>
    /// <param name="kind">sso-session or services.</param>
    /// <param name="reference">The setting that holds its name.</param>
    /// <exception cref="FargateException">It is malformed.</exception>
    internal ConfigSection? Section(string kind, Setting reference) => files?.Section(kind, Text(reference));

    /// <summary>A setting that is true or false, or null.</summary>
    /// <exception cref="FargateException">It is neither.</exception>
    internal bool? Switch(string setting) => Text(setting)?.ToLowerInvariant() switch
    {
        null => null,
        "true" => true,
        // What the AWS CLI takes for false, and nobody means otherwise.
        "false" or "no" or "off" or "0" => false,
        var other => throw Invalid(Find(setting)!, $"is '{other}', which is neither true nor false"),
    };

    /// <param name="setting">What cannot be used.</param>
    /// <param name="reason">Why, as the end of a sentence about it. Holds no secret.</param>
    internal FargateException Invalid(Setting setting, string reason) =>
        CredentialErrors.InvalidProfile(name, $"{setting.Name} ({setting.Where}) {reason}");
}
