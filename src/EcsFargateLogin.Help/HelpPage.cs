namespace EcsFargateLogin.Help;

/// <summary>The help page of a cmdlet, from its markdown file.</summary>
internal sealed record HelpPage
{
    private const string DescriptionTitle = "Description";
    private const string ExamplesTitle = "Examples";
    private const string NotesTitle = "Notes";
    private const string LinksTitle = "Related links";

    /// <summary>The smallest number of examples on a page.</summary>
    private const int FewestExamples = 3;

    /// <summary>A sentence that says what the cmdlet does.</summary>
    internal required string Synopsis { get; init; }

    internal required IReadOnlyList<string> Description { get; init; }

    internal required IReadOnlyList<Example> Examples { get; init; }

    internal required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The texts and addresses of related links.</summary>
    internal required IReadOnlyList<(string Text, string Address)> Links { get; init; }

    internal static HelpPage Read(string file)
    {
        if (!File.Exists(file))
        {
            throw new HelpException(file, "The cmdlet has no help. Write this file; the others beside it are the model.");
        }

        var blocks = Markdown.Read(file);
        var sections = SectionsOf(blocks, level: 2);
        HelpPage page = new()
        {
            Synopsis = string.Join(' ', TextsOf(blocks.TakeWhile(block => block is not Heading { Level: 2 }))),
            Description = TextsOf(sections.GetValueOrDefault(DescriptionTitle, [])),
            Examples = [.. SectionsOf(sections.GetValueOrDefault(ExamplesTitle, []), level: 3)
                .Select(section => Example.Of(section.Key, section.Value, file))],
            Notes = TextsOf(sections.GetValueOrDefault(NotesTitle, [])),
            Links = [.. sections.GetValueOrDefault(LinksTitle, []).OfType<ListItem>().Select(item => LinkOf(item, file))],
        };
        var problems = page.Problems(blocks, sections.Keys, Path.GetFileNameWithoutExtension(file)).ToList();
        return problems.Count == 0
            ? page
            : throw new HelpException([.. problems.Select(problem => new HelpProblem(file, problem))]);
    }

    /// <summary>Returns paragraphs and lists as plain text.</summary>
    internal static IReadOnlyList<string> TextsOf(IEnumerable<Block> blocks) =>
    [
        .. blocks.Select(block => block switch
        {
            Paragraph paragraph => Markdown.Plain(paragraph.Text),
            ListItem item => $"- {Markdown.Plain(item.Text)}",
            Code code => code.Text,
            _ => "",
        }).Where(text => text.Length > 0),
    ];

    private IEnumerable<string> Problems(IReadOnlyList<Block> blocks, IEnumerable<string> titles, string cmdlet)
    {
        if (blocks is not [Heading { Level: 1 } title, ..] || title.Text != cmdlet)
        {
            yield return $"The first line is not '# {cmdlet}'.";
        }

        if (Synopsis.Length == 0)
        {
            yield return "The synopsis is missing. Write a sentence below the first line.";
        }

        if (Description.Count == 0)
        {
            yield return $"The section '## {DescriptionTitle}' is missing or empty.";
        }

        if (Examples.Count < FewestExamples)
        {
            yield return $"There are {Examples.Count} examples, and {FewestExamples} are the fewest. "
                + $"Add '### title' with a block of code to '## {ExamplesTitle}'.";
        }

        foreach (var unknown in titles.Except([DescriptionTitle, ExamplesTitle, NotesTitle, LinksTitle]))
        {
            yield return $"The section '## {unknown}' is not one of "
                + $"{DescriptionTitle}, {ExamplesTitle}, {NotesTitle} and {LinksTitle}.";
        }
    }

    /// <summary>Groups blocks by the text of the heading of a level above them.</summary>
    private static Dictionary<string, List<Block>> SectionsOf(IEnumerable<Block> blocks, int level)
    {
        Dictionary<string, List<Block>> sections = new(StringComparer.Ordinal);
        List<Block>? section = null;
        foreach (var block in blocks)
        {
            if (block is Heading heading && heading.Level == level)
            {
                sections[heading.Text] = section = [];
            }
            else
            {
                section?.Add(block);
            }
        }

        return sections;
    }

    private static (string Text, string Address) LinkOf(ListItem item, string file) => Markdown.AsLink(item.Text)
        ?? throw new HelpException(file, $"'{item.Text}' in '## {LinksTitle}' is no link. Write [name](address).");
}

/// <summary>An example: its code, and remarks about it.</summary>
internal sealed record Example(string Title, string Code, IReadOnlyList<string> Remarks)
{
    internal static Example Of(string title, IReadOnlyList<Block> blocks, string file) =>
        blocks.OfType<Code>().FirstOrDefault(code => code.Language == "powershell") is { } code
            ? new Example(title, code.Text, HelpPage.TextsOf(blocks.Where(block => block != code)))
            : throw new HelpException(file, $"The example '{title}' has no block of code that begins with ```powershell.");
}
