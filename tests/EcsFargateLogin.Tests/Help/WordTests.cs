using System.Text.RegularExpressions;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Help;

/// <summary>The words that docs/glossary.md gives up are in no document, help topic or script of the module.</summary>
public sealed partial class WordTests
{
    /// <summary>Files and folders that keep the words. A path per line, so that a folder is added by one line.</summary>
    private static readonly string[] s_places =
    [
        "README.md",
        "SECURITY.md",
        "CONTRIBUTING.md",
        "docs",
        "module",
        "src",
    ];

    /// <summary>The table itself names each word.</summary>
    private const string Glossary = "docs/glossary.md";

    /// <summary>The terms that hold such a word and have no other name.</summary>
    private static readonly string[] s_terms =
    [
        "byte order marks", // Unicode's term.
        "byte order mark", // Unicode's term.
        "marked (for|deleted)", // An expression for words of ECS in a reason to stop.
        "question mark", // The character.
        "quotation marks", // The characters.
        "quotation mark", // The character.
    ];

    [Fact]
    public void No_text_uses_a_word_that_the_glossary_gives_up()
    {
        var words = ExpressionOf(FindWords());
        var found = s_places.SelectMany(ReadTexts).SelectMany(file => Uses(file.Name, file.Text, words)).ToList();

        Assert.True(found.Count == 0, $"{Glossary} says what is written instead:\n{string.Join('\n', found)}");
    }

    [Fact]
    public void The_glossary_has_words_and_the_places_have_texts()
    {
        Assert.Contains("gone on with", FindWords());
        Assert.All(s_places, place => Assert.NotEmpty(ReadTexts(place)));
    }

    [Theory]
    [InlineData("a Knock at the port", "knock")]
    [InlineData("it is let in", "let in")]
    [InlineData("a rule that lets this one machine in", "lets this one machine in")]
    [InlineData("the mark, a byte order mark", "mark")]
    public void A_word_is_found_in_any_case_and_beside_a_term(string line, string word) =>
        Assert.Equal([word], WordsIn(line, ExpressionOf(FindWords())));

    [Theory]
    [InlineData("markdown and lookup")]
    [InlineData("a byte order mark")]
    [InlineData("the_mark_in_a_name")]
    [InlineData("it lets one person log in")]
    [InlineData("let it run; it is in use")]
    public void A_part_of_a_word_and_a_term_are_no_use_of_it(string line) => Assert.Empty(WordsIn(line, ExpressionOf(FindWords())));

    private static List<string> FindWords()
    {
        var section = File.ReadAllText(Path.Combine(ModuleFolder.Root(), Glossary)).Split("## Words that are not used")[1];
        return [.. Row().Matches(section).Skip(1).SelectMany(row => row.Groups[1].Value.Split(", "))];
    }

    /// <summary>Reads the text files of a place, without the output of builds.</summary>
    private static IEnumerable<(string Name, string Text)> ReadTexts(string place)
    {
        var root = ModuleFolder.Root();
        var path = Path.Combine(root, place);
        var files = File.Exists(path) ? [path] : Directory.GetFiles(path, "*", SearchOption.AllDirectories);
        return files.Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Where(file => file != Glossary && !BuildFolder().IsMatch(file))
            .Select(file => (file, File.ReadAllText(Path.Combine(root, file))))
            .Where(file => !IsBinary(file.Item2));
    }

    private static bool IsBinary(string text) => text.Contains('\0');

    private static IEnumerable<string> Uses(string file, string text, Regex words) =>
        text.Split('\n')
            .SelectMany((line, index) => WordsIn(line, words).Select(word => $"{file}:{index + 1}: '{word}'"));

    private static IEnumerable<string> WordsIn(string line, Regex words)
    {
        foreach (var term in s_terms)
        {
            line = line.Replace(term, "", StringComparison.OrdinalIgnoreCase);
        }

        return words.Matches(line).Select(match => match.Value.ToLowerInvariant());
    }

    private static Regex ExpressionOf(IEnumerable<string> words) =>
        new($@"\b({string.Join('|', words.Select(ExpressionOf))})\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>
    /// An ellipsis stands for up to four words of the same sentence, but not for "log", because to log in is a term.
    /// </summary>
    private static string ExpressionOf(string word) =>
        string.Join(@"(?: (?!log\b)[^\s.:;]+){0,4} ", word.Split(" … ").Select(Regex.Escape));

    [GeneratedRegex(@"(^|/)(bin|obj)/")]
    private static partial Regex BuildFolder();

    /// <summary>A row of the table but for the line below its head.</summary>
    [GeneratedRegex(@"^\| ([^|]+?) \| [^|]+ \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
