using System.Globalization;
using System.Text.RegularExpressions;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Presets;

/// <summary>The kinds of values of a preset's keys.</summary>
internal enum PresetValueKind
{
    Text,
    TextList,
    Number,
    Switch,
    TextMap,
}

/// <summary>A pattern for texts, with the message for those that do not match.</summary>
/// <param name="Pattern">A regular expression for the whole text, with ^ and $, for either case. It is never shown.</param>
/// <param name="Message">The message for any other text, {0}: one sentence.</param>
internal sealed record TextRule(string Pattern, string Message)
{
    /// <summary>Whether a text matches.</summary>
    public bool Accepts(string text) => Regex.IsMatch(text, Pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>The message for a text that does not match.</summary>
    public string MessageFor(string text) => string.Format(CultureInfo.InvariantCulture, Message, text);
}

/// <summary>A parameter of New-FargateSession that a preset can hold.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Kind">The kind of its values.</param>
internal sealed record PresetKey(string Name, PresetValueKind Kind)
{
    /// <summary>Whether a project's file, which can come from somebody else, may hold it.</summary>
    public bool IsForProjects { get; init; }

    /// <summary>The minimum and the maximum of a number.</summary>
    public (int Least, int Most) Range { get; init; } = (int.MinValue, int.MaxValue);

    /// <summary>The maximum number of items of a list.</summary>
    public int MostItems { get; init; } = int.MaxValue;

    /// <summary>The only accepted texts, in any case; empty for any.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The rule that a text has to satisfy; null for none.</summary>
    public TextRule? Rule { get; init; }

    /// <summary>The rule of a number that is a part of a task's size, which a text can give too; null for others.</summary>
    public TaskSizeRule? Size { get; init; }

    /// <summary>A description of the accepted values, for error messages.</summary>
    public string Expectation => Kind switch
    {
        _ when Size is { } size => size.Expectation,
        PresetValueKind.Number => string.Create(
            CultureInfo.InvariantCulture, $"a whole number from {Range.Least} to {Range.Most}"),
        PresetValueKind.Switch => "true or false",
        PresetValueKind.TextList => MostItems == int.MaxValue
            ? "a list of texts that are not empty"
            : $"a list of 1 to {MostItems} texts that are not empty",
        PresetValueKind.TextMap => "an object with texts as values",
        _ when Choices.Count > 0 => $"one of {string.Join(", ", Choices)}",
        _ => "a text that is not empty",
    };

    /// <summary>Whether the parameter accepts a text, by itself or as an item of a list.</summary>
    public bool Accepts(string text) =>
        text.Length > 0
        && (Choices.Count == 0 || Choices.Contains(text, StringComparer.OrdinalIgnoreCase))
        && Rule?.Accepts(text) is not false;

    /// <summary>Whether the parameter accepts a number.</summary>
    public bool Accepts(int number) => number >= Range.Least && number <= Range.Most;
}


/// <summary>The keys that presets can have, and the names of secrets, which none can have.</summary>
internal sealed class PresetKeys(IReadOnlyList<PresetKey> keys)
{
    // With the parameters' aliases.
    private static readonly string[] Secrets =
        ["AccessKey", "AK", "SecretKey", "SK", "SecretAccessKey", "SessionToken", "ST", "Credential"];

    /// <summary>All keys.</summary>
    public IReadOnlyList<PresetKey> All => keys;

    /// <summary>A key by its name, in any case; null when there is none.</summary>
    public PresetKey? Find(string name) =>
        keys.FirstOrDefault(key => key.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether the name is that of a secret, which no file keeps.</summary>
    public static bool IsSecret(string name) => Secrets.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The name of the key that is most similar to this one; null when none is similar.</summary>
    public string? Nearest(string name) => NearestName.Of(name, keys.Select(key => key.Name));
}
