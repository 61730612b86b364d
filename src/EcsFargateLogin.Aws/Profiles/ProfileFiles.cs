using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Profiles;

/// <summary>
/// The user's profiles, from the current content of AWS's two files: the only place that reads them. As in AWS Tools for
/// PowerShell, its encrypted profiles on Windows take precedence.
/// </summary>
internal sealed class ProfileFiles
{
    /// <summary>The profile that AWS Tools for PowerShell falls back to; older than the shared files.</summary>
    internal const string LegacyName = "AWS PS Default";

    private const string DefaultName = "default";
    private const string ProfileKind = "profile";

    private readonly ConfigFile _config = ConfigFile.Read(ProfilePaths.Config);
    private readonly ConfigFile _credentials;
    private readonly bool _hasStore;
    private readonly Dictionary<string, ConfigSection> _ofConfig = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ConfigSection> _ofCredentials = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <param name="location">The file that replaces the shared credentials file; null for the default.</param>
    internal ProfileFiles(string? location = null)
    {
        _credentials = ConfigFile.Read(location ?? ProfilePaths.Credentials);
        _hasStore = location is null;
        foreach (var (header, section) in _config.Sections)
        {
            if (header == DefaultName || NameIn(header, ProfileKind) is not null)
            {
                // Of [default] and [profile default], the last one counts.
                Add(_ofConfig, NameIn(header, ProfileKind) ?? header, section);
            }
        }

        foreach (var (header, section) in _credentials.Sections)
        {
            Add(_ofCredentials, header, section);
        }

        AddAliases();
    }

    /// <summary>The profile that is used if none is named.</summary>
    internal static string FallbackName => EnvironmentNames.ProfileName ?? DefaultName;

    /// <summary>The names of all profiles.</summary>
    internal IEnumerable<string> Names => _hasStore ? _names.Concat(AwsToolsStore.Names()).Distinct() : _names;

    /// <summary>Both files, for display, with the reason why one was not read.</summary>
    internal string Description => $"{Describe(_credentials)} and {Describe(_config)}";

    /// <summary>The reason why an existing file was not read, as a sentence; or null.</summary>
    internal string? Problem => new[] { _credentials, _config }
        .Where(file => file.Absence is not (null or TextFile.NotThere))
        .Select(file => $"'{file.Path}' {file.Absence}.")
        .FirstOrDefault();

    /// <summary>Returns the profile of a name.</summary>
    internal Profile Get(string name) => Find(name) ?? throw CredentialErrors.ProfileNotFound(name, Description, Hint(name));

    /// <summary>Returns the profile of a name, or null.</summary>
    /// <exception cref="FargateException">It, or a whole file, is malformed.</exception>
    internal Profile? Find(string name)
    {
        if (_hasStore && AwsToolsStore.Find(name) is { } stored)
        {
            return stored;
        }

        var config = _ofConfig.GetValueOrDefault(name);
        var credentials = _ofCredentials.GetValueOrDefault(name);
        return (_credentials.Malformed ?? _config.Malformed ?? credentials?.Malformed ?? config?.Malformed) is { } where
            ? throw CredentialErrors.ProfileMalformed(name, where)
            : config is null && credentials is null ? null
            : new Profile(name, config, credentials, this);
    }

    /// <summary>Returns a section that profiles refer to, or null.</summary>
    /// <param name="kind">sso-session or services.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="FargateException">It is malformed.</exception>
    internal ConfigSection? Section(string kind, string name)
    {
        var found = new[] { _config, _credentials }
            .Select(file => file.Sections.LastOrDefault(entry => NameIn(entry.Key, kind) == name).Value)
            .FirstOrDefault(section => section is not null);
        return found?.Malformed is { } where ? throw CredentialErrors.ProfileMalformed(name, where) : found;
    }

    private static string Describe(ConfigFile file) =>
        file.Absence is null ? $"'{file.Path}'" : $"'{file.Path}' (which {file.Absence})";

    /// <summary>Returns the name after a kind, as in [profile name] or [profile "a name"]; null for other kinds.</summary>
    private static string? NameIn(string header, string kind) =>
        !header.StartsWith(kind, StringComparison.Ordinal) || header.Length == kind.Length
            || !char.IsWhiteSpace(header, kind.Length)
            ? null
            : CommandWords.SplitPosix(header) is [_, var name] ? name : RestOf(header, kind);

    private static string RestOf(string header, string kind) => header[kind.Length..].Trim();

    private void Add(Dictionary<string, ConfigSection> profiles, string name, ConfigSection section)
    {
        profiles[name] = section;
        _names.Add(name);
    }

    /// <summary>Adds names that the AWS CLI does not find: quoted ones, and [profile name] in the credentials file.</summary>
    private void AddAliases()
    {
        foreach (var (header, section) in _config.Sections.Where(entry => NameIn(entry.Key, ProfileKind) is not null))
        {
            _ofConfig.TryAdd(RestOf(header, ProfileKind), section);
        }

        foreach (var (header, section) in _credentials.Sections)
        {
            if (NameIn(header, ProfileKind) is { } name && _ofCredentials.TryAdd(name, section))
            {
                _names.Remove(header);
                _names.Add(name);
            }
        }
    }

    private string? Hint(string name) => _config.Sections.ContainsKey(name)
        ? $"'{_config.Path}' has a section [{name}]; profiles are written [profile {name}] there."
        : null;
}
