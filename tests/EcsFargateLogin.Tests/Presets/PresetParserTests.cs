using System.Text;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Presets;

namespace EcsFargateLogin.Tests.Presets;

public sealed class PresetParserTests
{
    /// <summary>Keys of every kind. Those of the cmdlet's parameters can be read inside PowerShell alone.</summary>
    internal static readonly PresetKeys Keys = new(
    [
        new("Cluster", PresetValueKind.Text) { IsForProjects = true },
        new("Subnet", PresetValueKind.TextList) { IsForProjects = true, MostItems = 2 },
        new("Port", PresetValueKind.Number) { IsForProjects = true, Range = (1, 65535) },
        new("AssignPublicIp", PresetValueKind.Text) { IsForProjects = true, Choices = ["Enabled", "Disabled"] },
        new("FallbackToOnDemand", PresetValueKind.Switch) { IsForProjects = true },
        new("UserName", PresetValueKind.Text) { IsForProjects = true, Rule = new("^[a-z]+$", "'{0}' is no user name: it has letters.") },
        new("Tag", PresetValueKind.TextMap) { IsForProjects = true },
        new("EnvironmentVariable", PresetValueKind.TextMap),
        new("Command", PresetValueKind.TextList),
        new("Cpu", PresetValueKind.Number) { IsForProjects = true, Size = TaskSizeRule.Of(TaskSizeValue.Cpu) },
        new("Memory", PresetValueKind.Number) { IsForProjects = true, Size = TaskSizeRule.Of(TaskSizeValue.Memory) },
    ]);

    [Theory]
    [InlineData("0.5", "4096", 512, 4096)]
    [InlineData("1024", "\"4GB\"", 1024, 4096)]
    [InlineData("\"2 vCPU\"", "4294967296", 2048, 4096)]
    public void A_size_is_written_as_on_the_command_line(string cpu, string memory, int units, int mebibytes)
    {
        var values = Parse($$"""{ "presets": { "x": { "Cpu": {{cpu}}, "Memory": {{memory}} } } }""")["x"];

        Assert.Equal((units, mebibytes), (values["Cpu"], values["Memory"]));
    }

    [Fact]
    public void Every_kind_of_value_is_read_under_the_parameter_s_own_name()
    {
        var presets = Parse("""
            { "presets": { "default": { "cluster": "prod", "Subnet": ["a", "b"], "Port": 22, "assignPublicIp": "disabled",
              "FallbackToOnDemand": true, "Tag": { "team": "é" }, "Command": "sh" }, "Staging": {} } }
            """);

        Assert.Equal(["default", "Staging"], presets.Keys);
        var values = presets["DEFAULT"];
        Assert.Equal(
            ["Cluster", "Subnet", "Port", "AssignPublicIp", "FallbackToOnDemand", "Tag", "Command"], values.Keys);
        Assert.Equal(("prod", 22, true), (values["Cluster"], values["Port"], values["FallbackToOnDemand"]));
        Assert.Equal(["a", "b"], (string[])values["Subnet"]);
        Assert.Equal(["sh"], (string[])values["Command"]);
        Assert.Equal("é", ((Dictionary<string, string>)values["Tag"])["team"]);
    }

    [Fact]
    public void A_byte_order_mark_is_no_error() =>
        Assert.Empty(PresetParser.Parse("f", [.. Encoding.UTF8.Preamble, .. "{\"presets\":{}}"u8], Keys, isProjectFile: true));

    [Theory]
    [InlineData("", 1, 1, "not JSON")]
    [InlineData("{\n  \"presets\": {\n    'x'", 3, 5, "not JSON")]
    [InlineData("{\n// no comments\n}", 2, 1, "not JSON")]
    [InlineData("{\"presets\":{}} x", 1, 16, "not JSON")]
    [InlineData("[]", 1, 1, "a list is where an object with the key 'presets' should be")]
    [InlineData("{\"presets\":{\"x\":{\"Cpu\":3}}}", 1, 24, "'Cpu' takes 0.25, 0.5, 1, 2, 4, 8 or 16 vCPUs")]
    [InlineData("{\"presets\":{\"x\":{\"Memory\":\"4TB\"}}}", 1, 27, "'Memory' takes a whole number of MiB")]
    [InlineData("{}", 1, 2, "the key 'presets' is missing")]
    [InlineData("{\n \"name\": \"some-package\" }", 2, 2, "the one key 'presets', not 'name'")]
    [InlineData("{\"presets\":null}", 1, 12, "null is where an object of presets")]
    [InlineData("{\"presets\":{\"../x\":{}}}", 1, 13, "'../x' is no name of a preset")]
    [InlineData("{\"presets\":{\"a\":{},\"A\":{}}}", 1, 20, "the preset 'A' is there twice")]
    [InlineData("{\"presets\":{\"a\":{\n\"Subnets\":\"x\"}}}", 2, 1, "did you mean 'Subnet'?")]
    [InlineData("{\"presets\":{\"a\":{\"Vpc\":\"x\"}}}", 1, 18, "'Vpc' is no parameter that a preset can hold.")]
    [InlineData("{\"presets\":{\"a\":{\"Cluster\":\"x\",\"cluster\":\"y\"}}}", 1, 32, "'cluster' is there twice")]
    [InlineData("{\"presets\":{\"a\":{\"Cluster\":1}}}", 1, 28, "'Cluster' takes a text that is not empty, and here is 1.")]
    [InlineData("{\"presets\":{\"a\":{\"Cluster\":\"\"}}}", 1, 28, "here is the text ''")]
    [InlineData("{\"presets\":{\"a\":{\"Cluster\":\"\\u001b[2J\"}}}", 1, 28, "a control character")]
    [InlineData("{\"presets\":{\"a\":{\"Tag\":{\"x\":\"é\",\"y\":1}}}}", 1, 37, "'Tag' takes an object with texts as values")]
    [InlineData("{\"presets\":{\"a\":{\"Subnet\":[]}}}", 1, 27, "1 to 2 texts that are not empty, and here are 0")]
    [InlineData("{\"presets\":{\"a\":{\"Subnet\":[\"a\",\"b\",\"c\"]}}}", 1, 27, "here are 3")]
    [InlineData("{\"presets\":{\"a\":{\"Subnet\":[\"a\",7]}}}", 1, 32, "here is 7")]
    [InlineData("{\"presets\":{\"a\":{\"Port\":\"22\"}}}", 1, 25, "a whole number from 1 to 65535, and here is the text '22'.")]
    [InlineData("{\"presets\":{\"a\":{\"Port\":0}}}", 1, 25, "here is 0")]
    [InlineData("{\"presets\":{\"a\":{\"Port\":2.5}}}", 1, 25, "here is 2.5")]
    [InlineData("{\"presets\":{\"a\":{\"AssignPublicIp\":\"Maybe\"}}}", 1, 35, "one of Enabled, Disabled")]
    [InlineData("{\"presets\":{\"a\":{\"FallbackToOnDemand\":\"yes\"}}}", 1, 39, "true or false")]
    [InlineData("{\"presets\":{\"a\":{\"UserName\":\"-oProxyCommand=x\"}}}", 1, 29, "'UserName': '-oProxyCommand=x' is no user name: it has letters.")]
    [InlineData("{\"presets\":{\"a\":{\"UserName\":7}}}", 1, 29, "'UserName' takes a text that is not empty, and here is 7.")]
    [InlineData("{\"presets\":{\"a\":{\"UserName\":\"\"}}}", 1, 29, "'UserName' takes a text that is not empty, and here is the text ''.")]
    public void What_is_wrong_has_its_line_and_column(string content, int line, int column, string what)
    {
        var error = Assert.Throws<FargateException>(() => Parse(content));

        Assert.Equal((FargateError.InvalidPreset, "file"), (error.Error, error.Target));
        Assert.Contains($"Line {line}, column {column}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', error.Message);
        // No regular expression is shown in place of words.
        Assert.DoesNotContain('^', error.Message);
    }

    [Theory]
    [InlineData("AccessKey")]
    [InlineData("secretkey")]
    [InlineData("SecretAccessKey")]
    [InlineData("SessionToken")]
    [InlineData("Credential")]
    public void A_secret_is_refused_and_not_shown(string key)
    {
        foreach (var isProjectFile in new[] { false, true })
        {
            var error = Assert.Throws<FargateException>(
                () => Parse($$$$"""{"presets":{"a":{"{{{{key}}}}":"tell-nobody"}}}""", isProjectFile));

            Assert.Contains($"'{key}' is a secret", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("tell-nobody", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_project_s_file_may_not_say_what_is_run()
    {
        const string content = """{"presets":{"a":{"Cluster":"x","Command":["sh"]}}}""";

        var error = Assert.Throws<FargateException>(() => Parse(content, isProjectFile: true));

        Assert.Contains("Line 1, column 32: 'Command' may not stand in a project's", error.Message, StringComparison.Ordinal);
        Assert.Single(Parse(content));
    }

    private static Dictionary<string, Dictionary<string, object>> Parse(string content, bool isProjectFile = false) =>
        PresetParser.Parse("file", Encoding.UTF8.GetBytes(content), Keys, isProjectFile);
}
