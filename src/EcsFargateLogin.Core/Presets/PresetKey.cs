using System.Globalization;
using System.Text.RegularExpressions;

namespace EcsFargateLogin.Presets;

/// <summary>What kind of value a key of a preset takes.</summary>
internal enum PresetValueKind
{
    Text,
    TextList,
    Number,
    Switch,
    TextMap,
}

/// <summary>A parameter of New-FargateSession that a preset can hold.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Kind">What it takes.</param>
internal sealed record PresetKey(string Name, PresetValueKind Kind)
{
    /// <summary>Whether a project's file may hold it, which can come from somebody else.</summary>
    public bool IsForProjects { get; init; }

    /// <summary>The least and the most that a number may be.</summary>
    public (int Least, int Most) Range { get; init; } = (int.MinValue, int.MaxValue);

    /// <summary>The most items of a list.</summary>
    public int MostItems { get; init; } = int.MaxValue;

    /// <summary>The only texts that it takes, in any case; empty for any.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>What a text must match; null for nothing.</summary>
    public string? Pattern { get; init; }

    /// <summary>What it takes, for people.</summary>
    public string Expectation => Kind switch
    {
        PresetValueKind.Number => string.Create(
            CultureInfo.InvariantCulture, $"a whole number from {Range.Least} to {Range.Most}"),
        PresetValueKind.Switch => "true or false",
        PresetValueKind.TextList => MostItems == int.MaxValue
            ? "a list of texts that are not empty"
            : $"a list of 1 to {MostItems} texts that are not empty",
        PresetValueKind.TextMap => "an object whose values are texts",
        _ when Choices.Count > 0 => $"one of {string.Join(", ", Choices)}",
        _ when Pattern is not null => $"a text that matches {Pattern}",
        _ => "a text that is not empty",
    };

    /// <summary>Whether a text, or an item of a list, is one that the parameter takes.</summary>
    public bool Takes(string text) =>
        text.Length > 0
        && (Choices.Count == 0 || Choices.Contains(text, StringComparer.OrdinalIgnoreCase))
        && (Pattern is null || Regex.IsMatch(text, Pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant));

    /// <summary>Whether a number is one that the parameter takes.</summary>
    public bool Takes(int number) => number >= Range.Least && number <= Range.Most;
}
