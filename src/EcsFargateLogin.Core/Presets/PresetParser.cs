using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Presets;

/// <summary>
/// Reads a file of presets: {"presets":{"NAME":{"PARAMETER":VALUE, …}, …}}. The file is not trusted, so every name and value is
/// checked, and every error gives the line and column.
/// </summary>
internal sealed partial class PresetParser
{
    private const string Root = "presets";
    private const int LongestShown = 40;

    private readonly string _path;
    private readonly byte[] _content;
    private readonly PresetKeys _keys;
    private readonly bool _isProjectFile;

    private PresetParser(string path, byte[] content, PresetKeys keys, bool isProjectFile) =>
        (_path, _content, _keys, _isProjectFile) = (path, content, keys, isProjectFile);

    /// <summary>Reads the presets of a file, by name, in the file's order.</summary>
    /// <param name="path">The file's path, for errors.</param>
    /// <param name="content">The file's content.</param>
    /// <param name="keys">The keys that presets have.</param>
    /// <param name="isProjectFile">Whether it is a project's file, which may hold fewer parameters.</param>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidPreset"/>.</exception>
    public static Dictionary<string, Dictionary<string, object>> Parse(
        string path, byte[] content, PresetKeys keys, bool isProjectFile)
    {
        var start = content.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        return new PresetParser(path, content[start..], keys, isProjectFile).Parse();
    }

    /// <summary>Whether a preset can have this name.</summary>
    public static bool IsName(string name) => Name().IsMatch(name);

    private Dictionary<string, Dictionary<string, object>> Parse()
    {
        try
        {
            Utf8JsonReader reader = new(_content);
            reader.Read();
            var presets = ReadRoot(ref reader);
            // Nothing may follow the root object.
            reader.Read();
            return presets;
        }
        catch (JsonException e)
        {
            var reason = e.Message.Split(" LineNumber:")[0].TrimEnd('.');
            throw Invalid(StartOfLine(e.LineNumber ?? 0) + (e.BytePositionInLine ?? 0), $"it is not JSON. {reason}");
        }
        catch (InvalidOperationException)
        {
            // The reader throws this for text that is not UTF-8, and for an escape sequence of no character.
            throw Invalid(0, "it holds text that is not Unicode");
        }
    }

    private Dictionary<string, Dictionary<string, object>> ReadRoot(ref Utf8JsonReader reader)
    {
        Dictionary<string, Dictionary<string, object>>? presets = null;
        Expect(ref reader, JsonTokenType.StartObject, $"an object with the key '{Root}'");
        while (ReadKey(ref reader) is { } key)
        {
            if (key != Root || presets is not null)
            {
                throw Invalid(reader.TokenStartIndex, $"the file has the one key '{Root}', not {Shown(key)}");
            }

            reader.Read();
            presets = ReadPresets(ref reader);
        }

        return presets ?? throw Invalid(reader.TokenStartIndex, $"the key '{Root}' is missing");
    }

    private Dictionary<string, Dictionary<string, object>> ReadPresets(ref Utf8JsonReader reader)
    {
        Dictionary<string, Dictionary<string, object>> presets = new(StringComparer.OrdinalIgnoreCase);
        Expect(ref reader, JsonTokenType.StartObject, "an object of presets by their names");
        while (ReadKey(ref reader) is { } name)
        {
            var position = reader.TokenStartIndex;
            if (!IsName(name))
            {
                throw Invalid(position, $"{Shown(name)} is no name of a preset: letters, digits and . _ - make one");
            }

            reader.Read();
            if (!presets.TryAdd(name, ReadValues(ref reader)))
            {
                throw Invalid(position, $"the preset {Shown(name)} is there twice");
            }
        }

        return presets;
    }

    private Dictionary<string, object> ReadValues(ref Utf8JsonReader reader)
    {
        Dictionary<string, object> values = new(StringComparer.OrdinalIgnoreCase);
        Expect(ref reader, JsonTokenType.StartObject, "an object of parameters");
        while (ReadKey(ref reader) is { } name)
        {
            var position = reader.TokenStartIndex;
            var key = KeyOf(name, position);
            reader.Read();
            if (!values.TryAdd(key.Name, ReadValue(ref reader, key)))
            {
                throw Invalid(position, $"{Shown(name)} is there twice");
            }
        }

        return values;
    }

    private PresetKey KeyOf(string name, long position)
    {
        if (PresetKeys.IsSecret(name))
        {
            var (line, column) = At(position);
            throw PresetErrors.SecretInPreset(_path, line, column, name);
        }

        if (_keys.Find(name) is not { } key)
        {
            var meant = _keys.Nearest(name) is { } nearest ? $"; did you mean '{nearest}'?" : "";
            throw Invalid(position, $"{Shown(name)} is no parameter that a preset can hold{meant}");
        }

        if (_isProjectFile && !key.IsForProjects)
        {
            var (line, column) = At(position);
            throw PresetErrors.NotForProjects(_path, line, column, key.Name);
        }

        return key;
    }

    private object ReadValue(ref Utf8JsonReader reader, PresetKey key) => (key.Kind, reader.TokenType) switch
    {
        (PresetValueKind.Number, JsonTokenType.Number or JsonTokenType.String) when key.Size is { } size => ReadSize(ref reader, key, size),
        (PresetValueKind.Text, JsonTokenType.String) => ReadText(ref reader, key),
        (PresetValueKind.TextList, JsonTokenType.String) => new[] { ReadText(ref reader, key) },
        (PresetValueKind.TextList, JsonTokenType.StartArray) => ReadList(ref reader, key),
        (PresetValueKind.Number, JsonTokenType.Number) when reader.TryGetInt32(out var number) && key.Accepts(number) => number,
        (PresetValueKind.Switch, JsonTokenType.True or JsonTokenType.False) => reader.GetBoolean(),
        (PresetValueKind.TextMap, JsonTokenType.StartObject) => ReadMap(ref reader, key),
        _ => throw Unfit(ref reader, key),
    };

    private int ReadSize(ref Utf8JsonReader reader, PresetKey key, TaskSizeRule size)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : Encoding.UTF8.GetString(reader.ValueSpan);
        CheckCharacters(text, reader.TokenStartIndex);
        return size.Parse(text) ?? throw Unfit(ref reader, key);
    }

    private string ReadText(ref Utf8JsonReader reader, PresetKey key)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw Unfit(ref reader, key);
        CheckCharacters(text, reader.TokenStartIndex);
        return key.Accepts(text) ? text
            : text.Length > 0 && key.Rule is { } rule
                ? throw Invalid(reader.TokenStartIndex, $"'{key.Name}': {rule.MessageFor(Shortened(text)).TrimEnd('.')}")
            : throw Unfit(ref reader, key);
    }

    private string[] ReadList(ref Utf8JsonReader reader, PresetKey key)
    {
        var position = reader.TokenStartIndex;
        List<string> items = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(ReadText(ref reader, key));
        }

        return items.Count >= 1 && items.Count <= key.MostItems
            ? [.. items]
            : throw Invalid(position, $"'{key.Name}' takes {key.Expectation}, and here are {items.Count}");
    }

    private Dictionary<string, string> ReadMap(ref Utf8JsonReader reader, PresetKey key)
    {
        Dictionary<string, string> map = new(StringComparer.Ordinal);
        while (ReadKey(ref reader) is { } name)
        {
            var position = reader.TokenStartIndex;
            reader.Read();
            var value = reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw Unfit(ref reader, key);
            if (_isProjectFile)
            {
                CheckCharacters(value, reader.TokenStartIndex);
            }

            if (!map.TryAdd(name, value))
            {
                throw Invalid(position, $"{Shown(name)} is there twice");
            }
        }

        return map;
    }

    /// <summary>The next key of an object; null at its end.</summary>
    private string? ReadKey(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.PropertyName)
        {
            return null;
        }

        var key = reader.GetString()!;
        CheckCharacters(key, reader.TokenStartIndex);
        return key;
    }

    private void Expect(ref Utf8JsonReader reader, JsonTokenType type, string expectation)
    {
        if (reader.TokenType != type)
        {
            throw Invalid(reader.TokenStartIndex, $"{KindOf(reader.TokenType)} is where {expectation} should be");
        }
    }

    /// <summary>Rejects control characters, which a terminal would interpret.</summary>
    private void CheckCharacters(string text, long position)
    {
        if (text.Any(char.IsControl))
        {
            throw Invalid(position, "a text holds a control character");
        }
    }

    private FargateException Unfit(ref Utf8JsonReader reader, PresetKey key) =>
        Invalid(reader.TokenStartIndex, $"'{key.Name}' takes {key.Expectation}, and here is {Here(ref reader)}");

    private static string Here(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => $"the text {Shown(reader.GetString()!)}",
        JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
        var type => KindOf(type),
    };

    private static string KindOf(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "true or false",
    };

    private static string Shown(string text) => $"'{Shortened(text)}'";

    private static string Shortened(string text) => text.Length <= LongestShown ? text : $"{text[..LongestShown]}…";

    private FargateException Invalid(long position, string what)
    {
        var (line, column) = At(position);
        return PresetErrors.InvalidPresetFile(_path, line, column, what);
    }

    /// <summary>The line and the column of a byte, both from 1.</summary>
    private (int Line, int Column) At(long position)
    {
        var before = _content.AsSpan(0, (int)Math.Min(position, _content.Length));
        var line = before.Count((byte)'\n') + 1;
        return (line, Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1);
    }

    /// <summary>The position of a line's first character, counted from 0.</summary>
    private long StartOfLine(long line)
    {
        var start = 0;
        for (var i = 0; i < line; i++)
        {
            start += _content.AsSpan(start).IndexOf((byte)'\n') + 1;
        }

        return start;
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    private static partial Regex Name();
}
