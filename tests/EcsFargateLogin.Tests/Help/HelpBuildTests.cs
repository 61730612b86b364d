using System.Xml.Linq;
using EcsFargateLogin.Help;

namespace EcsFargateLogin.Tests.Help;

/// <summary>The build's check of help, complete and incomplete.</summary>
public sealed class HelpBuildTests : IDisposable
{
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "EcsFargateLogin.dll");

    private readonly string _folder = Directory.CreateTempSubdirectory("fargate-login-help-").FullName;

    private string Sources => Path.Combine(_folder, "help");

    private string HelpFile => Path.Combine(_folder, "out", "help.xml");

    public HelpBuildTests()
    {
        Directory.CreateDirectory(Sources);
        foreach (var cmdlet in CmdletReader.Read(Assembly))
        {
            Write($"{cmdlet.Name}.md", PageOf(cmdlet.Name, examples: 3));
        }
    }

    [Fact]
    public void A_cmdlet_without_a_page_is_named()
    {
        File.Delete(Path.Combine(Sources, "New-FargateSession.md"));

        var problem = Assert.Single(Problems());

        Assert.EndsWith("New-FargateSession.md", problem.File, StringComparison.Ordinal);
        Assert.Contains("has no help", problem.Text, StringComparison.Ordinal);
        Assert.False(File.Exists(HelpFile));
    }

    [Fact]
    public void All_that_a_page_lacks_is_told_at_once()
    {
        Write("New-FargateSession.md", "# New-FargateSesion\n\n## Hints\n\n## Examples\n\n### One\n\n```powershell\n1\n```\n");

        var problems = Problems().Select(problem => problem.Text).ToList();

        Assert.Equal(5, problems.Count);
        Assert.Contains(problems, problem => problem.Contains("'# New-FargateSession'", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("synopsis", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("'## Description'", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("1 examples", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("'## Hints'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("### Four\n\nNo code.\n", "has no block of code")]
    [InlineData("### Four\n\n```powershell\n1\n", "is not closed")]
    [InlineData("## Related links\n\n- Get-FargateSession\n", "is no link")]
    public void Malformed_markdown_is_an_error(string more, string words)
    {
        Write("New-FargateSession.md", PageOf("New-FargateSession", examples: 3) + more);

        Assert.Contains(words, Assert.Single(Problems()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_of_no_cmdlet_and_a_line_of_a_topic_that_is_too_long_are_errors()
    {
        Write("Old-FargateThing.md", PageOf("Old-FargateThing", examples: 3));
        Write("about_Things.md", $"# about_Things\n\nThings.\n\n```powershell\n{new string('x', 73)}\n```\n");

        Assert.Equal(
            ["Old-FargateThing.md", "about_Things.md"], Problems().Select(problem => Path.GetFileName(problem.File)));
    }

    [Fact]
    public void A_parameter_without_documentation_is_named()
    {
        var copy = Path.Combine(_folder, "EcsFargateLogin.dll");
        File.Copy(Assembly, copy);
        File.Copy(Path.ChangeExtension(Assembly, ".Core.xml"), Path.ChangeExtension(copy, ".Core.xml"));
        var documentation = XDocument.Load(Path.ChangeExtension(Assembly, ".xml"));
        documentation.Descendants("member")
            .Single(member => (string)member.Attribute("name")! == "P:EcsFargateLogin.Cmdlets.NewFargateSessionCommand.Subnet")
            .Remove();
        documentation.Save(Path.ChangeExtension(copy, ".xml"));

        Assert.Contains("New-FargateSession -Subnet", Assert.Single(Problems(copy)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_sources_make_the_same_bytes()
    {
        Build(Assembly);
        var first = File.ReadAllBytes(HelpFile);
        Build(Assembly);

        Assert.Equal(first, File.ReadAllBytes(HelpFile));
    }

    [Fact]
    public void References_in_documentation_become_names()
    {
        var value = CmdletReader.Read(Assembly).Single(cmdlet => cmdlet.Name == "New-FargateSession")
            .Parameters.Single(parameter => parameter.Name == "HostKeyVerification");

        Assert.Contains(value.Description, text => text.StartsWith("- Auto: As Strict; ", StringComparison.Ordinal));
        Assert.Equal(["Auto", "Strict", "AcceptNew"], value.Values);
    }

    [Fact]
    public void A_topic_is_wrapped_with_its_lists_hanging_and_its_links_spelt_out()
    {
        Write("about_Things.md", """
            # about_Things

            What things are.

            ## Kinds of things

            - One `_thing` is described at [its page](https://example.com/things), where more than eighty characters
              are needed to say it.
            - Another.

            ### SmallThing

            Text of [another](New-FargateSession.md).
            """);
        Build(Assembly);

        Assert.Equal(
            """
            TOPIC
                about_Things

            SHORT DESCRIPTION
                What things are.

            KINDS OF THINGS
                - One _thing is described at its page (https://example.com/things), where
                  more than eighty characters are needed to say it.
                - Another.

              SmallThing
                Text of another.

            """,
            File.ReadAllText(Path.Combine(_folder, "out", "about_Things.help.txt")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Build(string assembly) => HelpBuild.Run(assembly, Sources, HelpFile, Path.GetDirectoryName(HelpFile)!);

    private IReadOnlyList<HelpProblem> Problems(string? assembly = null) =>
        Assert.Throws<HelpException>(() => Build(assembly ?? Assembly)).Problems;

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(Sources, name), text);

    private static string PageOf(string cmdlet, int examples) =>
        $"# {cmdlet}\n\nDoes it.\n\n## Description\n\nIt does it.\n\n## Examples\n\n"
        + string.Concat(Enumerable.Range(1, examples).Select(number => $"### Number {number}\n\n```powershell\n{cmdlet}\n```\n\nSo.\n\n"));
}
