using System.Text.RegularExpressions;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Help;

/// <summary>The links of README, docs, the help and every other document. Pages of the web are not fetched.</summary>
public sealed partial class LinkTests
{
    private const string Repository = "https://github.com/EcsFargateLogin/EcsFargateLogin/";
    private const int MostBytesOfReadMe = 8 * 1024;

    private static readonly string[] Folders = ["docs", "module/help", "module/container", "tests", "src"];

    private static string Root { get; } = ModuleFolder.Root();

    public static TheoryData<string> Documents { get; } = new(FindDocuments());

    [Theory]
    [MemberData(nameof(Documents))]
    public void Each_link_into_the_repository_leads_to_a_file_and_a_heading(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Root, document))!;

        Assert.DoesNotContain(LinksOf(Path.Combine(Root, document)), link => !Leads(link, document, folder));
    }

    [Fact]
    public void Documents_with_links_are_found()
    {
        Assert.Contains("README.md", FindDocuments());
        Assert.Contains("SECURITY.md", FindDocuments());
        Assert.Contains("CONTRIBUTING.md", FindDocuments());
        Assert.Contains("docs/routes.md", FindDocuments());
        Assert.Contains("module/help/about_EcsFargateLogin.md", FindDocuments());
        Assert.Contains("module/container/README.md", FindDocuments());
    }

    [Theory]
    [InlineData("docs/nowhere.md")]
    [InlineData("README.md#nowhere")]
    [InlineData("#nowhere")]
    [InlineData(Repository + "blob/main/docs/nowhere.md")]
    [InlineData(Repository + "blob/main/README.md#nowhere")]
    public void A_link_that_leads_nowhere_is_told(string link) => Assert.False(Leads(link, "README.md", Root));

    [Theory]
    [InlineData("docs")]
    [InlineData("README.md#read-on")]
    [InlineData("#read-on")]
    [InlineData("https://example.com/nowhere.md")]
    [InlineData(Repository + "issues")]
    [InlineData(Repository + "tree/main/docs")]
    [InlineData(Repository + "blob/main/docs/routes.md#ecs-exec")]
    public void A_link_that_leads_somewhere_is_none(string link) => Assert.True(Leads(link, "README.md", Root));

    [Theory]
    [InlineData("Who ends a session", "who-ends-a-session")]
    [InlineData("Keys, `known_hosts` & more", "keys-known_hosts--more")]
    public void A_heading_is_found_by_its_words(string heading, string anchor) => Assert.Equal(anchor, AnchorOf(heading));

    /// <summary>Otherwise nobody finds it: GitHub shows README first, and Get-Help the about topics alone.</summary>
    [Fact]
    public void Each_page_of_docs_is_linked_from_README_and_from_an_about_topic()
    {
        var pages = FindDocuments().Where(document => document.StartsWith("docs/", StringComparison.Ordinal)).ToList();
        var readMe = LinksOf(Path.Combine(Root, "README.md")).Select(link => link.Split('#')[0]).ToHashSet();
        var topics = Directory.GetFiles(Path.Combine(Root, "module", "help"), "about_*.md").SelectMany(LinksOf)
            .Select(link => link.Split('#')[0]).ToHashSet();

        foreach (var page in pages)
        {
            // The first page of a folder leads to the others.
            var folder = Path.GetDirectoryName(page)!;
            var first = Path.Combine(folder, "README.md");
            if (page != first && File.Exists(Path.Combine(Root, first)))
            {
                Assert.Contains(Path.GetFileName(page), LinksOf(Path.Combine(Root, first)));
            }
            else
            {
                Assert.Contains(page, readMe);
                Assert.Contains($"../../{page}", topics);
            }
        }
    }

    [Fact]
    public void Every_cmdlet_has_its_help_page_in_READMEs_table()
    {
        var pages = Directory.GetFiles(Path.Combine(Root, "module", "help"), "*-*.md").Select(Path.GetFileName);
        var rows = File.ReadLines(Path.Combine(Root, "README.md")).Select(line => CmdletRow().Match(line))
            .Where(row => row.Success).Select(row => $"{row.Groups[1].Value}.md");

        Assert.Equal(pages.Order(), rows.Order());
    }

    [Fact]
    public void README_is_one_page() =>
        Assert.InRange(new FileInfo(Path.Combine(Root, "README.md")).Length, 1, MostBytesOfReadMe);

    /// <summary>Finds the documents that git keeps; those in the folders of builds and packages are copies.</summary>
    private static IEnumerable<string> FindDocuments() =>
        Directory.GetFiles(Root, "*.md")
            .Concat(Folders.SelectMany(
                folder => Directory.GetFiles(Path.Combine(Root, folder), "*.md", SearchOption.AllDirectories)))
            .Append(Path.Combine(Root, "EcsFargateLogin.psd1"))
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file => !BuildFolder().IsMatch(file))
            .Order(StringComparer.Ordinal);

    /// <summary>The targets of links, in markdown's form and as plain addresses, outside of code.</summary>
    private static IEnumerable<string> LinksOf(string file)
    {
        var text = Code().Replace(File.ReadAllText(file), "");
        return MarkdownLink().Matches(text).Select(link => link.Groups[1].Value)
            .Concat(Address().Matches(text).Select(link => link.Value.TrimEnd('.', ',')))
            .Distinct();
    }

    private static bool Leads(string link, string document, string folder)
    {
        if (RepositoryFile().Match(link) is { Success: true } file)
        {
            (link, folder) = (file.Groups[1].Value, Root);
        }
        else if (link.StartsWith("http", StringComparison.Ordinal))
        {
            return true;
        }

        var parts = link.Split('#', 2);
        var target = parts[0].Length == 0 ? Path.Combine(Root, document) : Path.GetFullPath(Path.Combine(folder, parts[0]));
        return parts.Length == 1
            ? File.Exists(target) || Directory.Exists(target)
            : File.Exists(target) && AnchorsOf(target).Contains(parts[1]);
    }

    private static IEnumerable<string> AnchorsOf(string file) =>
        HeadingLine().Matches(Fence().Replace(File.ReadAllText(file), "")).Select(heading => AnchorOf(heading.Groups[1].Value));

    /// <summary>The anchor that GitHub gives a heading.</summary>
    private static string AnchorOf(string heading) =>
        NotOfAnchor().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"(^|/)(bin|obj)/")]
    private static partial Regex BuildFolder();

    [GeneratedRegex(@"^```.*?^```|`[^`\n]*`", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Code();

    [GeneratedRegex("^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\[[^\]]*\]\(([^)\s]+)\)")]
    private static partial Regex MarkdownLink();

    [GeneratedRegex(@"https?://[^\s()'""<>`]+")]
    private static partial Regex Address();

    [GeneratedRegex(@"^https://github\.com/EcsFargateLogin/EcsFargateLogin/(?:blob|tree|raw)/main/(.*)$")]
    private static partial Regex RepositoryFile();

    [GeneratedRegex(@"^#{1,6} (.+)$", RegexOptions.Multiline)]
    private static partial Regex HeadingLine();

    [GeneratedRegex(@"[^\p{L}\p{N}_ -]")]
    private static partial Regex NotOfAnchor();

    [GeneratedRegex(@"^\| \[([A-Za-z]+-[A-Za-z]+)\]\(module/help/\1\.md\) \|")]
    private static partial Regex CmdletRow();
}
