using System.Text.Json.Nodes;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.Open;

/// <summary>The limits of New-FargateSession: that they end tasks, and what is said then.</summary>
public sealed class ServerLimitTests
{
    [Theory]
    [InlineData("-MaxLifetime 15", "", "lifetime: this task has lived for its 15 seconds")]
    [InlineData("-IdleTimeout 1", "", "idle: no login has had input or output for 1 seconds")]
    [InlineData("-MaxLifetime 1 -HostKeyVerification AcceptNew", "wrapped", "exited with 124")]
    public async Task A_limit_ends_the_task_under_an_open_shell_and_is_named_afterwards(string limit, string family, string why)
    {
        using PlainSshdImage image = new();
        await using var me = await Operator.StartAsync(image.Options);
        me.Fargate.RegisterTaskDefinition(PlainSshdImage.TaskDefinition("wrapped", PlainSshdImage.Command));
        await using var terminal = TerminalRun.UnderTerminal(me.Process(
            $$"""
            $before = stty -g
            New-FargateSession {{family}} {{limit}} | Enter-FargateShell -ErrorVariable problems -ErrorAction SilentlyContinue
            "$LASTEXITCODE $((stty -g) -eq $before) $($problems[0].FullyQualifiedErrorId) $($problems[0])"
            """));
        await terminal.ShowsAsync("since RunTask");

        Assert.Equal(0, await terminal.EndAsync());

        Assert.Contains("255 True TaskStopped,EcsFargateLogin.Cmdlets.EnterFargateShellCommand ", terminal.Screen, StringComparison.Ordinal);
        Assert.Contains(why, terminal.Screen, StringComparison.Ordinal);
        Assert.Contains("-MaxLifetime, -LoginTimeout and -IdleTimeout", terminal.Screen, StringComparison.Ordinal);
        if (family.Length > 0)
        {
            Assert.Matches("\r\nEcsFargateLogin: this task ends in [0-9] seconds, at the end of its lifetime\r\n", terminal.Screen);
        }

        Assert.Equal("EssentialContainerExited", Assert.Single(me.Fargate.Tasks).StopCode);
        Assert.Empty(me.SessionFiles());
    }

    [Fact]
    public async Task A_session_that_nobody_enters_ends_after_LoginTimeout()
    {
        await using var me = await Operator.StartAsync();

        var session = Assert.Single(me.Run("New-FargateSession -LoginTimeout 1").Output);

        await Eventually.BecomesAsync(
            () => me.Fargate.Tasks.All(task => task.Phase == TaskPhase.Stopped), () => string.Join(", ", me.Fargate.Tasks));
        Assert.Equal("EssentialContainerExited", Assert.Single(me.Fargate.Tasks).StopCode);
        var error = me.ErrorOf("$args[0] | Enter-FargateShell -ErrorAction Stop", session);
        Assert.Contains("nobody logged in within 1 seconds", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_what_was_asked_for_is_sent_and_takes_the_task_definitions_place()
    {
        using PlainSshdImage image = new();
        await using var me = await Operator.StartAsync(image.Options);
        me.Fargate.RegisterTaskDefinition(PlainSshdImage.TaskDefinition("plain", PlainSshdImage.Command));

        var run = me.Run(
            """
            New-FargateSession plain -MaxLifetime 0 -LoginTimeout 5 -IdleTimeout 7 | Stop-FargateSession
            New-FargateSession plain | Stop-FargateSession
            """);

        Assert.Empty(run.Errors);
        var asked = Container(me, 0);
        Assert.Equal(("0", "5", "7"), (Variable(asked, "_MAX_LIFETIME"), Variable(asked, "_LOGIN_TIMEOUT"), Variable(asked, "_IDLE_TIMEOUT")));
        Assert.Null(asked["command"]);
        var silent = Container(me, 1);
        Assert.Null(Variable(silent, "_MAX_LIFETIME") ?? Variable(silent, "_LOGIN_TIMEOUT") ?? Variable(silent, "_IDLE_TIMEOUT"));
        Assert.Null(silent["command"]);
        Assert.Equal("1800", Variable(silent, "_UNUSED_TIMEOUT"));
    }

    [Theory]
    [InlineData("", null, "1800")]
    [InlineData("", "60", null)]
    [InlineData("-UnusedTimeout 0", "60", "0")]
    [InlineData("-UnusedTimeout 90", null, "90")]
    public async Task Each_session_is_told_how_long_it_may_lie_unused_unless_its_task_definition_says_it(
        string asked, string? defined, string? sent)
    {
        await using var me = await Operator.StartAsync();
        var environment = defined is null ? [] : new Dictionary<string, string> { ["_UNUSED_TIMEOUT"] = defined };
        me.Fargate.RegisterTaskDefinition(new TaskDefinitionOptions("limited")
        {
            Containers = [new ContainerOptions("cli") { Environment = environment }],
        });

        Assert.Empty(me.Run($"New-FargateSession limited {asked} | Stop-FargateSession").Errors);

        Assert.Equal(sent, Variable(Container(me, 0), "_UNUSED_TIMEOUT"));
    }

    [Theory]
    [InlineData("-MaxLifetime -1")]
    [InlineData("-LoginTimeout 1000000000")]
    public async Task A_limit_out_of_range_is_refused(string limit)
    {
        await using var me = await Operator.StartAsync();

        Assert.StartsWith("ParameterArgument", me.ErrorOf($"New-FargateSession {limit}").Id, StringComparison.Ordinal);

        me.HasStartedNothing();
    }

    private static JsonObject Container(Operator me, int call) =>
        me.Calls("RunTask")[call].Parameters["overrides"]!["containerOverrides"]![0]!.AsObject();

    private static string? Variable(JsonObject container, string name) =>
        (string?)container["environment"]!.AsArray().FirstOrDefault(pair => (string?)pair!["name"] == name)?["value"];
}
