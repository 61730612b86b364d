using System.Text.RegularExpressions;

namespace EcsFargateLogin.Aws.Profiles;

/// <summary>
/// Reads the text of AWS's two files by the rules of the AWS CLI, which are those of Python's configparser. A line is a
/// header, a setting with = or :, a comment that begins with # or ;, or blank. A line that is indented deeper than the
/// setting above continues its value. What looks like a comment behind a value belongs to the value. Section DEFAULT holds
/// for all sections. Where the CLI refuses the whole file, this is milder: a section that comes twice is one, of a setting
/// that comes twice the last counts, and a line that is nothing spoils only its own section.
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

    /// <summary>The first line that belongs to no section or is a broken header, so that what follows may be anybody's.</summary>
    internal string? Malformed { get; private set; }

    internal IReadOnlyDictionary<string, ConfigSection> Sections => _sections;

    /// <param name="text">The file's text.</param>
    /// <param name="path">The file, for people.</param>
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
            // Its settings must not go to the section above.
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
            _section.NoteMalformed(Where(number));
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
