using System.Text.RegularExpressions;

namespace EcsFargateLogin.Aws.Profiles;

/// <summary>
/// Parses AWS's two files by the rules of the AWS CLI, which are those of Python's configparser. A line is a header, a setting
/// with = or :, a comment that begins with # or ;, or blank. A line that is indented deeper than the setting above continues its
/// value. A comment after a value is part of the value. Section DEFAULT applies to all sections. Unlike the CLI, it does not
/// reject the file for repeated sections, which are merged, repeated settings, of which the last counts, or a malformed line,
/// which affects only its section.
/// </summary>
internal sealed partial class ConfigParser
{
    private const string Defaults = "DEFAULT";

    private readonly string _path;
    private readonly Dictionary<string, ConfigSection> _sections = new(StringComparer.Ordinal);
    private ConfigSection? _section;
    private Setting? _setting;
    private int _indentation;

    private ConfigParser(string path) => _path = path;

    /// <summary>The first line outside of a section or with a malformed header: the section of later lines is unknown.</summary>
    internal string? Malformed { get; private set; }

    internal IReadOnlyDictionary<string, ConfigSection> Sections => _sections;

    /// <param name="text">The file's text.</param>
    /// <param name="path">The file, for display.</param>
    internal static ConfigParser Parse(string text, string path)
    {
        ConfigParser parser = new(path);
        using StringReader reader = new(text);
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            parser.ReadLine(line, number);
        }

        if (parser._sections.Remove(Defaults, out var defaults))
        {
            foreach (var section in parser._sections.Values)
            {
                section.AddDefaults(defaults);
            }
        }

        return parser;
    }

    private void ReadLine(string line, int number)
    {
        var text = line.Trim();
        if (text.Length == 0 || text[0] is '#' or ';')
        {
            return;
        }

        var indentation = line.Length - line.TrimStart().Length;
        if (_setting is not null && indentation > _indentation)
        {
            _setting.Continue(number, text);
            return;
        }

        _indentation = indentation;
        _setting = null;
        if (text.StartsWith('['))
        {
            ReadHeader(text, number);
        }
        else
        {
            ReadSetting(text, number);
        }
    }

    private void ReadHeader(string text, int number)
    {
        var match = WithComment().Match(text) is { Success: true } found ? found : WithRest().Match(text);
        var name = match.Groups["name"].Value.Trim();
        if (name.Length == 0)
        {
            Malformed ??= Where(number);
            // Its settings must not be added to the section above.
            _section = new ConfigSection("");
            return;
        }

        if (!_sections.TryGetValue(name, out _section))
        {
            _sections.Add(name, _section = new ConfigSection(name));
        }
    }

    private void ReadSetting(string text, int number)
    {
        var end = text.IndexOfAny(['=', ':']);
        if (_section is null)
        {
            Malformed ??= Where(number);
        }
        else if (end <= 0)
        {
            _section.RecordMalformed(Where(number));
        }
        else
        {
            _setting = new Setting(text[..end].TrimEnd().ToLowerInvariant(), _path, number, text[(end + 1)..].Trim());
            _section.Add(_setting);
        }
    }

    private string Where(int number) => $"line {number} of '{_path}'";

    [GeneratedRegex(@"\A\[(?<name>.+?)\]\s*(?:[#;].*)?\z")]
    private static partial Regex WithComment();

    [GeneratedRegex(@"\A\[(?<name>.+)\]")]
    private static partial Regex WithRest();
}
