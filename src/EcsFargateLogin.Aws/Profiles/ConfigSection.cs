namespace EcsFargateLogin.Aws.Profiles;

/// <summary>A section of one of AWS's two files.</summary>
/// <param name="name">What stands between its brackets.</param>
internal sealed class ConfigSection(string name)
{
    private readonly Dictionary<string, Setting> _settings = [];

    internal string Name => name;

    internal IReadOnlyDictionary<string, Setting> Settings => _settings;

    /// <summary>Its first line that is neither a setting nor a comment; null where there is none.</summary>
    internal string? Malformed { get; private set; }

    /// <summary>A setting that is not empty, or null.</summary>
    internal Setting? this[string setting] =>
        _settings.TryGetValue(setting, out var found) && found.Value.Length > 0 ? found : null;

    /// <summary>Adds a setting. The last one of a name counts.</summary>
    internal void Add(Setting setting) => _settings[setting.Name] = setting;

    /// <summary>Adds what it does not say itself.</summary>
    internal void AddDefaults(ConfigSection defaults)
    {
        foreach (var (key, setting) in defaults._settings)
        {
            _settings.TryAdd(key, setting);
        }
    }

    internal void NoteMalformed(string where) => Malformed ??= where;
}
