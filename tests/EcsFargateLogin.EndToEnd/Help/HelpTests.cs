using System.Collections;
using System.Management.Automation;
using EcsFargateLogin.EndToEnd.Cmdlets;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Help;

/// <summary>Get-Help of the built module.</summary>
public sealed class HelpTests : IDisposable
{
    private const string Folder = "https://github.com/EcsFargateLogin/EcsFargateLogin/blob/main/module/help/";

    private readonly EngineRunspace _shell = EngineRunspace.Open();

    public HelpTests() => _shell.ImportModule(Checkout.Manifest);

    [Fact]
    public void Every_cmdlet_has_a_synopsis_a_description_and_three_examples_with_words()
    {
        foreach (var (name, help) in AllHelp())
        {
            Assert.EndsWith(".", help.Text("Synopsis").Trim(), StringComparison.Ordinal);
            Assert.NotEmpty(Lines(help.Get("description")));
            var examples = Items(Property(help.Get("examples"), "example"));
            Assert.True(examples.Count >= 3, $"{name} has {examples.Count} examples.");
            Assert.All(examples, example => Assert.NotEmpty(example.Text("code")));
            Assert.All(examples, example => Assert.NotEmpty(Lines(example.Get("remarks"))));
        }
    }

    [Fact]
    public void Every_parameter_is_described_and_its_default_is_what_the_cmdlet_has()
    {
        foreach (var (name, help) in AllHelp())
        {
            var command = (CmdletInfo)_shell.Invoke("param($name) Get-Command $name", name).Output[0].BaseObject;
            var described = Items(Property(help.Get("parameters"), "parameter")).ToDictionary(item => item.Text("name"));
            Assert.Equal(command.Parameters.Keys.Except(Cmdlet.CommonParameters).Order(), described.Keys.Order());
            Assert.All(described, parameter => Assert.True(
                Lines(parameter.Value.Get("description")).Count > 0, $"{name} -{parameter.Key} has no description."));
            AssertDefaults(command, described);
        }
    }

    [Fact]
    public void Get_Help_Online_opens_a_page_that_is_there()
    {
        foreach (var (name, help) in AllHelp())
        {
            var first = Items(Property(help.Get("relatedLinks"), "navigationLink"))[0].Text("uri");
            var uri = _shell.Invoke("param($name) (Get-Command $name).HelpUri", name).Output[0].ToString();

            Assert.Equal($"{Folder}{name}.md", first);
            Assert.Equal(first, uri);
            Assert.True(File.Exists(Path.Combine(Checkout.Root, "module", "help", $"{name}.md")));
        }
    }

    [Fact]
    public void Every_related_link_leads_to_a_cmdlet_or_topic_that_has_help()
    {
        var links = AllHelp()
            .SelectMany(help => Items(Property(help.Help.Get("relatedLinks"), "navigationLink")).Skip(1))
            .Select(link => link.Text("linkText"))
            .Distinct();

        Assert.All(links, link => Assert.Single(_shell.Invoke("param($name) Get-Help $name", link).Output));
    }

    [Theory]
    [InlineData("about_EcsFargateLogin")]
    [InlineData("about_EcsFargateLogin_Security")]
    [InlineData("about_EcsFargateLogin_Troubleshooting")]
    public void An_about_topic_is_found_and_fits_80_columns(string topic)
    {
        var text = Assert.Single(_shell.Invoke("param($name) Get-Help $name", topic).Output).ToString();

        Assert.StartsWith($"TOPIC\n    {topic}\n", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public void Every_error_has_a_heading_in_Troubleshooting_and_its_exception_leads_there()
    {
        var errors = _shell.Invoke("[Enum]::GetNames([EcsFargateLogin.FargateError])").Output.Select(name => name.ToString()).ToList();
        var page = File.ReadAllLines(
            Path.Combine(Checkout.Root, "module", "help", "about_EcsFargateLogin_Troubleshooting.md"));
        var topic = _shell.Invoke("Get-Help about_EcsFargateLogin_Troubleshooting").Output[0].ToString().Split('\n');

        Assert.NotEmpty(errors);
        Assert.All(errors, error => Assert.Contains($"### {error}", page));
        Assert.All(errors, error => Assert.Contains($"  {error}", topic));
        var link = _shell.Invoke(
            """
            try { New-FargateSession rails-cli -Subnet subnet-1 -ProfileName no-such-profile } catch { }
            $Error[0].Exception.HelpLink
            """).Output[0].ToString();
        Assert.Equal($"{Folder}about_EcsFargateLogin_Troubleshooting.md#profilenotfound", link);
    }

    public void Dispose() => _shell.Dispose();

    private List<(string Name, PSObject Help)> AllHelp()
    {
        var all = _shell.Invoke("Get-Command -Module EcsFargateLogin | ForEach-Object { Get-Help $_.Name -Full }").Output;
        Assert.NotEmpty(all);
        return [.. all.Select(help => (help.Text("Name"), help))];
    }

    private static void AssertDefaults(CmdletInfo command, Dictionary<string, PSObject> described)
    {
        var cmdlet = Activator.CreateInstance(command.ImplementingType)!;
        foreach (var property in described.Keys.Select(command.ImplementingType.GetProperty).OfType<System.Reflection.PropertyInfo>())
        {
            // What is nothing is said to be nothing: no value, no items, 0 where that means no limit.
            var value = property.GetValue(cmdlet) is IEnumerable and not string
                ? string.Join(", ", ((IEnumerable)property.GetValue(cmdlet)!).Cast<object>())
                : property.GetValue(cmdlet)?.ToString() ?? "";
            var said = described[property.Name].Text("defaultValue");
            Assert.True(
                said == value || (said == "None" && value is "" or "0"),
                $"{command.Name} -{property.Name} is '{value}', and its help says '{said}': correct its <value>.");
        }
    }

    private static object? Property(object? item, string name) => PSObject.AsPSObject(item!).Properties[name]?.Value;

    private static List<PSObject> Items(object? value) => value switch
    {
        null => [],
        PSObject { BaseObject: Array array } => [.. array.Cast<object>().Select(PSObject.AsPSObject)],
        Array array => [.. array.Cast<object>().Select(PSObject.AsPSObject)],
        _ => [PSObject.AsPSObject(value)],
    };

    /// <summary>The lines of a block of paragraphs that hold something.</summary>
    private static List<string> Lines(object? paragraphs) =>
        [.. Items(paragraphs).Select(paragraph => paragraph.Text("Text")).Where(text => text.Length > 0)];
}
