using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Pipeline;

namespace EcsFargateLogin.Completion;

/// <summary>The word before the cursor as it was typed: possibly with an opening quote, possibly with wildcards.</summary>
internal sealed partial class TypedWord
{
    private const StringComparison Comparison = StringComparison.OrdinalIgnoreCase;

    private readonly char? _quote;
    private readonly bool _isPattern;

    internal TypedWord(string? typed)
    {
        var text = typed ?? "";
        if (text is ['\'' or '"', ..])
        {
            _quote = text[0];
            text = text.Length > 1 && text[^1] == _quote ? text[1..^1] : text[1..];
            text = text.Replace("''", "'", StringComparison.Ordinal);
        }

        Text = text;
        _isPattern = Wildcards.IsPattern(text);
    }

    /// <summary>The word without its quotes.</summary>
    internal string Text { get; }

    /// <summary>Whether the candidate, or its name, begins with the word.</summary>
    internal bool Fits(Candidate candidate) => Fits(candidate.Value) || (candidate.Name is { } name && Fits(name));

    /// <summary>The text that replaces the word on the command line.</summary>
    internal CompletionResult CompleteTo(Candidate candidate) => new(
        Quoted(candidate.Value),
        TerminalText.OneLine(candidate.Label ?? (candidate.Name is null ? candidate.Value : $"{candidate.Value} ({candidate.Name})")),
        CompletionResultType.ParameterValue,
        TerminalText.OneLine(candidate.Description ?? "") is { Length: > 0 } description ? description : candidate.Value);

    private bool Fits(string value) => _isPattern ? Wildcards.IsMatch($"{Text}*", value) : value.StartsWith(Text, Comparison);

    private string Quoted(string value) =>
        _quote == '"' ? $"\"{SpecialInQuotes().Replace(value, "`$0")}\"" : Quote(value, isNeeded: _quote is not null);

    /// <summary>A value as a word of a command line, in quotes where it needs them or they are needed for another reason.</summary>
    internal static string Quote(string value, bool isNeeded = false) =>
        !isNeeded && Plain().IsMatch(value) ? value : $"'{CodeGeneration.EscapeSingleQuotedStringContent(value)}'";

    // Text that PowerShell reads as one literal word without quotes.
    [GeneratedRegex(@"^[\p{L}\p{Nd}_/][\p{L}\p{Nd}_./:+=-]*$")]
    private static partial Regex Plain();

    [GeneratedRegex("[`$\"“”„]")]
    private static partial Regex SpecialInQuotes();
}
