using System.Collections;
using System.Text.RegularExpressions;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Model;

public sealed class ContainerContractTests
{
    private static SessionRequest Request =>
        new() { TaskDefinition = "rails-cli", Cluster = "dev", Subnets = ["subnet-1"] };

    [Fact]
    public void Defaults_are_not_said() => Assert.Equal(
        new Dictionary<string, string> { ["_AUTHORIZED_PUBLIC_KEY"] = "ssh-ed25519 AAAA", ["_SESSION_NONCE"] = "0a", ["_SESSION_PROOF_KEY"] = "0b" },
        ContainerContract.EnvironmentOf(Request, "ssh-ed25519 AAAA", "0a", "0b"));

    [Fact]
    public void Port_and_user_are_said_when_they_are_others() => Assert.Equal(
        new Dictionary<string, string>
        {
            ["A"] = "b",
            ["_AUTHORIZED_PUBLIC_KEY"] = "key",
            ["_SESSION_NONCE"] = "0a",
            ["_SESSION_PROOF_KEY"] = "0b",
            ["_SSH_PORT"] = "2222",
            ["_SSH_USER"] = "app",
        },
        ContainerContract.EnvironmentOf(
            Request with { Port = 2222, UserName = "app", Environment = new Dictionary<string, string> { ["A"] = "b" } },
            "key",
            "0a",
            "0b"));

    [Fact]
    public void Limits_are_said_when_they_were_asked_for_and_none_is_said_too() => Assert.Equal(
        new Dictionary<string, string>
        {
            ["_AUTHORIZED_PUBLIC_KEY"] = "key", ["_SESSION_NONCE"] = "0a", ["_SESSION_PROOF_KEY"] = "0b",
            ["_MAX_LIFETIME"] = "0", ["_LOGIN_TIMEOUT"] = "600", ["_IDLE_TIMEOUT"] = "60",
        },
        ContainerContract.EnvironmentOf(
            Request with { Limits = new() { MaxLifetime = 0, LoginTimeout = 600, IdleTimeout = 60 } }, "key", "0a", "0b"));

    [Fact]
    public void Values_become_text_in_every_culture()
    {
        Hashtable variables = new() { ["NUMBER"] = 1.5, ["NOTHING"] = null, ["TEXT"] = "a=b\n\"$x\" ü", ["FLAG"] = true };

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["FLAG"] = "True",
                ["NOTHING"] = "",
                ["NUMBER"] = "1.5",
                ["TEXT"] = "a=b\n\"$x\" ü",
            },
            ContainerContract.CheckVariables(variables));
    }

    [Fact]
    public void No_variables_are_none() => Assert.Empty(ContainerContract.CheckVariables(null));

    [Theory]
    [InlineData("_SSH_PORT", "kept for the container's SSH server")]
    [InlineData("_", "kept for the container's SSH server")]
    [InlineData("", "its name is empty")]
    [InlineData("A=B", "holds '='")]
    [InlineData("A B", "white space")]
    [InlineData("A\tB", "white space")]
    [InlineData("A\u0001", "control character")]
    public void Names_that_cannot_be_passed_on_are_refused(string name, string why) =>
        AssertRefused(new Hashtable { [name] = "x" }, why);

    [Fact]
    public void Values_that_cannot_be_passed_on_are_refused()
    {
        AssertRefused(new Hashtable { ["A"] = "x\0y" }, "NUL");
        AssertRefused(new Hashtable { ["A"] = new object[] { 1, 2 } }, "its value is a list");
    }

    [Theory]
    [InlineData("_JAVA_OPTIONS")]
    [InlineData("__GLX")]
    [InlineData("_SSH_PORTS")]
    [InlineData("_ssh_port")]
    public void Other_names_that_begin_with_an_underscore_are_accepted(string name) =>
        Assert.Equal("x", ContainerContract.CheckVariables(new Hashtable { [name] = "x" })[name]);

    [Fact]
    public void One_source_alone_spells_the_names() => Assert.Equal(
        ["ContainerVariables.cs"],
        Directory.GetFiles(Path.Combine(ModuleFolder.Root(), "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => ContainerVariables.All.Any(name => File.ReadAllText(file).Contains($"\"{name}\"", StringComparison.Ordinal)))
            .Select(Path.GetFileName));

    [Fact]
    public void The_script_keeps_the_same_names_from_shells_and_no_user_sets_one()
    {
        var script = File.ReadAllText(Path.Combine(ModuleFolder.Root(), "module", "container", "start-sshd.sh"));
        var list = Regex.Match(script, @"split\(""(_AUTHORIZED_PUBLIC_KEY[^""]*)"" \\\n\s*""([^""]*)"", own");

        Assert.Equal(
            ContainerVariables.All.Order(StringComparer.Ordinal),
            $"{list.Groups[1]}{list.Groups[2]}".Split(' ').Order(StringComparer.Ordinal));
        Assert.All(ContainerVariables.All, name => AssertRefused(new Hashtable { [name] = "x" }, "kept for"));
        Assert.ProperSubset(
            ContainerVariables.All.ToHashSet(),
            ContainerContract.EnvironmentOf(
                Request with
                {
                    Port = 2222,
                    UserName = "app",
                    Limits = new() { MaxLifetime = 1, LoginTimeout = 1, IdleTimeout = 1, ReconnectWindow = 1 },
                },
                "key",
                "0a",
                "0b").Keys.ToHashSet());
    }

    private static void AssertRefused(Hashtable variables, string why)
    {
        var error = Assert.Throws<FargateException>(() => ContainerContract.CheckVariables(variables));
        Assert.Equal(FargateError.InvalidEnvironmentVariable, error.Error);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }
}
