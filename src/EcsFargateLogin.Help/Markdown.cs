using System.Text.RegularExpressions;

namespace EcsFargateLogin.Help;

/// <summary>A block of a markdown file.</summary>
internal abstract record Block;

/// <summary>A heading.</summary>
/// <param name="Level">Its level; 1 is the file's title.</param>
/// <param name="Text">Its text.</param>
internal sealed record Heading(int Level, string Text) : Block;

/// <summary>A paragraph, as one line.</summary>
internal sealed record Paragraph(string Text) : Block;

/// <summary>An item of a list, as one line.</summary>
internal sealed record ListItem(string Text) : Block;

/// <summary>A fenced block of code.</summary>
/// <param name="Language">The language after the fence, or empty.</param>
/// <param name="Text">Its lines.</param>
internal sealed record Code(string Language, string Text) : Block;

/// <summary>Parses the markdown of help: headings, paragraphs, lists of one level, fenced code, links.</summary>
internal static partial class Markdown
{
    private const string Fence = "```";

    /// <summary>Parses a file.</summary>
    internal static IReadOnlyList<Block> Read(string file)
    {
        List<Block> blocks = [];
        Queue<string> lines = new(File.ReadAllLines(file));
        while (lines.TryDequeue(out var line))
        {
            if (line.StartsWith(Fence, StringComparison.Ordinal))
            {
                blocks.Add(CodeOf(line[Fence.Length..].Trim(), lines, file));
            }
            else if (HeadingLine().Match(line) is { Success: true } heading)
            {
                blocks.Add(new Heading(heading.Groups[1].Length, heading.Groups[2].Value.Trim()));
            }
            else if (line.StartsWith("- ", StringComparison.Ordinal))
            {
                blocks.Add(new ListItem(Continued(line[2..], lines)));
            }
            else if (!string.IsNullOrWhiteSpace(line))
            {
                blocks.Add(new Paragraph(Continued(line, lines)));
            }
        }

        return blocks;
    }

    /// <summary>Returns text for a terminal: links become their text, with the address if it is on the web.</summary>
    internal static string Plain(string text) => Link().Replace(text, match => match.Groups[2].Value switch
    {
        var address when address.StartsWith("http", StringComparison.Ordinal) && address != match.Groups[1].Value =>
            $"{match.Groups[1].Value} ({address})",
        _ => match.Groups[1].Value,
    }).Replace("`", "", StringComparison.Ordinal).Replace("**", "", StringComparison.Ordinal);

    /// <summary>Returns the text and address of a link; null if a text is more than a link.</summary>
    internal static (string Text, string Address)? AsLink(string text) =>
        Link().Match(text) is { Success: true } match && match.Length == text.Length
            ? (match.Groups[1].Value, match.Groups[2].Value)
            : null;

    private static Code CodeOf(string language, Queue<string> lines, string file)
    {
        List<string> code = [];
        while (lines.TryDequeue(out var line))
        {
            if (line.StartsWith(Fence, StringComparison.Ordinal))
            {
                return new Code(language, string.Join('\n', code));
            }

            code.Add(line);
        }

        throw new HelpException(file, "A block of code is not closed. Write ``` below it.");
    }

    private static string Continued(string first, Queue<string> lines)
    {
        List<string> words = [first.Trim()];
        while (lines.TryPeek(out var next) && !BlockStart().IsMatch(next))
        {
            words.Add(lines.Dequeue().Trim());
        }

        return string.Join(' ', words);
    }

    [GeneratedRegex("^(#{1,3}) (.+)$")]
    private static partial Regex HeadingLine();

    [GeneratedRegex("^(\\s*$|#{1,3} |- |```)")]
    private static partial Regex BlockStart();

    [GeneratedRegex("\\[([^]]+)\\]\\(([^)]+)\\)")]
    private static partial Regex Link();
}
