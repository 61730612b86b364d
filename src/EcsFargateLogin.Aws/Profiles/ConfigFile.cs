namespace EcsFargateLogin.Aws.Profiles;

/// <summary>One of AWS's two files. As for the AWS CLI, a missing file, or a path that is no file, is empty.</summary>
internal sealed class ConfigFile
{
    /// <summary>Upper bound for the size of a file, in bytes; one with thousands of profiles has a megabyte.</summary>
    private const int LongestFile = 16 * 1024 * 1024;

    private ConfigFile(string path, TextFile file)
    {
        var content = ConfigParser.Parse(file.Text, path);
        Path = path;
        Absence = file.Absence;
        Sections = content.Sections;
        Malformed = content.Malformed;
    }

    internal string Path { get; }

    /// <summary>The reason why nothing was read, as the end of a sentence; null if the file was read.</summary>
    internal string? Absence { get; }

    /// <summary>Its sections by the text in their brackets, in the order of the file.</summary>
    internal IReadOnlyDictionary<string, ConfigSection> Sections { get; }

    /// <summary>The first line that makes the whole file unusable; null if there is none.</summary>
    internal string? Malformed { get; }

    internal static ConfigFile Read(string path) => new(path, TextFile.Read(path, LongestFile));
}

/// <summary>A section of one of AWS's two files.</summary>
/// <param name="name">The text in its brackets.</param>
internal sealed class ConfigSection(string name)
{
    private readonly Dictionary<string, Setting> _settings = [];

    internal string Name => name;

    internal IReadOnlyDictionary<string, Setting> Settings => _settings;

    /// <summary>Its first line that is neither a setting nor a comment; null if there is none.</summary>
    internal string? Malformed { get; private set; }

    /// <summary>Returns a setting that is not empty, or null.</summary>
    internal Setting? this[string setting] =>
        _settings.TryGetValue(setting, out var found) && found.Value.Length > 0 ? found : null;

    /// <summary>Adds a setting, or replaces one of the same name.</summary>
    internal void Add(Setting setting) => _settings[setting.Name] = setting;

    /// <summary>Adds the settings that it does not have.</summary>
    internal void AddDefaults(ConfigSection defaults)
    {
        foreach (var (key, setting) in defaults._settings)
        {
            _settings.TryAdd(key, setting);
        }
    }

    internal void RecordMalformed(string where) => Malformed ??= where;
}

/// <summary>A setting of one of AWS's two files. A class, not a record, so that ToString shows no secret.</summary>
/// <param name="name">Its name in lower case.</param>
/// <param name="path">The file.</param>
/// <param name="line">The line of its name; 0 if it has none.</param>
/// <param name="value">The text after the name on that line.</param>
internal sealed class Setting(string name, string path, int line, string value)
{
    private readonly List<(int Line, string Text)> _more = [];

    internal string Name => name;

    /// <summary>The value as the AWS CLI reads it: with continuation lines, and without blanks around it.</summary>
    internal string Value => string.Join('\n', [value, .. _more.Select(part => part.Text)]).TrimEnd();

    /// <summary>The first continuation line of the value; null if it has one line.</summary>
    internal int? Continuation => _more.Select(part => (int?)part.Line).FirstOrDefault();

    /// <summary>Its file and line, for display.</summary>
    internal string Where => line == 0 ? path : $"line {line} of '{path}'";

    /// <summary>Adds a continuation line.</summary>
    internal void Continue(int atLine, string text) => _more.Add((atLine, text));

    /// <summary>Returns a setting inside this one, as in "s3 =" with indented lines below it; null if there is none.</summary>
    internal Setting? Nested(string nestedName) => value.Length > 0 ? null : _more
        .Select(part => (part.Line, Pair: part.Text.Split('=', 2, StringSplitOptions.TrimEntries)))
        .Where(part => part.Pair.Length == 2 && part.Pair[0].Equals(nestedName, StringComparison.OrdinalIgnoreCase))
        .Select(part => new Setting(nestedName, path, part.Line, part.Pair[1]))
        .LastOrDefault();
}
