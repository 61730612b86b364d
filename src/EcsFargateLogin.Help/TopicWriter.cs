using System.Text;

namespace EcsFargateLogin.Help;

/// <summary>Renders an about topic as plain text of 80 columns.</summary>
internal static class TopicWriter
{
    private const int Width = 80;
    private const string Indent = "    ";
    private const string CodeIndent = "        ";

    internal static string Render(string file)
    {
        var blocks = Markdown.Read(file);
        if (blocks is not [Heading { Level: 1 } title, Paragraph summary, ..])
        {
            throw new HelpException(file, "The first line is not '# about_…' with a paragraph below that says what it is about.");
        }

        if (blocks.OfType<Code>().SelectMany(code => code.Text.Split('\n'))
            .FirstOrDefault(line => CodeIndent.Length + line.Length > Width) is { } longLine)
        {
            throw new HelpException(
                file, $"A line of code is longer than {Width - CodeIndent.Length} characters. Break it: {longLine.Trim()}");
        }

        StringBuilder text = new();
        Append(text, "TOPIC", Indent + title.Text);
        Append(text, "\nSHORT DESCRIPTION", Wrap(summary.Text, Indent, Indent));
        if (blocks.Count > 2 && blocks[2] is not Heading)
        {
            Append(text, "\nLONG DESCRIPTION");
        }

        Block? previous = null;
        foreach (var block in blocks.Skip(2))
        {
            AppendBlock(text, block, previous);
            previous = block;
        }

        return text.ToString();
    }

    private static void AppendBlock(StringBuilder text, Block block, Block? previous)
    {
        // No blank line follows a heading or separates the items of a list.
        if (previous is not (null or Heading) && !(block is ListItem && previous is ListItem))
        {
            text.Append('\n');
        }

        switch (block)
        {
            case Heading { Level: 2 } heading:
                Append(text, (previous is Heading or null ? "\n" : "") + heading.Text.ToUpperInvariant());
                break;
            case Heading heading:
                Append(text, (previous is Heading ? "\n  " : "  ") + heading.Text);
                break;
            case Paragraph paragraph:
                Append(text, Wrap(paragraph.Text, Indent, Indent));
                break;
            case ListItem item:
                Append(text, Wrap(item.Text, $"{Indent}- ", $"{Indent}  "));
                break;
            case Code code:
                Append(text, [.. code.Text.Split('\n').Select(line => line.Length == 0 ? "" : CodeIndent + line)]);
                break;
        }
    }

    private static string Wrap(string markdown, string first, string next)
    {
        StringBuilder text = new(first);
        var column = first.Length;
        var isLineEmpty = true;
        foreach (var word in Markdown.Plain(markdown).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!isLineEmpty && column + 1 + word.Length > Width)
            {
                text.Append('\n').Append(next);
                column = next.Length;
                isLineEmpty = true;
            }

            text.Append(isLineEmpty ? "" : " ").Append(word);
            column += word.Length + (isLineEmpty ? 0 : 1);
            isLineEmpty = false;
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, params string[] lines)
    {
        foreach (var line in lines)
        {
            text.Append(line).Append('\n');
        }
    }
}
