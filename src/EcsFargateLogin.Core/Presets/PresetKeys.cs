namespace EcsFargateLogin.Presets;

/// <summary>The keys of a preset, and those that none can have.</summary>
internal sealed class PresetKeys(IReadOnlyList<PresetKey> keys)
{
    // With their aliases: whoever writes one of them down means the secret.
    private static readonly string[] Secrets =
        ["AccessKey", "AK", "SecretKey", "SK", "SecretAccessKey", "SessionToken", "ST", "Credential"];

    /// <summary>All of them.</summary>
    public IReadOnlyList<PresetKey> All => keys;

    /// <summary>A key by its name, in any case; null when there is none.</summary>
    public PresetKey? Find(string name) =>
        keys.FirstOrDefault(key => key.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether the name is that of a secret, which nothing here keeps.</summary>
    public static bool IsSecret(string name) => Secrets.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The key that somebody who wrote this name may have meant, or null.</summary>
    public string? Nearest(string name) => NearestName.Of(name, keys.Select(key => key.Name));
}
