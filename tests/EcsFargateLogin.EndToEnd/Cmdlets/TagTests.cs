using System.Collections;
using System.Management.Automation;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>New-FargateSession -Reason and -Tag: who runs what, and why.</summary>
public sealed class TagTests
{
    [Fact]
    public async Task A_reason_and_tags_become_tags_of_the_task_and_are_found_again_from_ECS()
    {
        await using var me = await Operator.StartAsync();

        var session = Assert.Single(me.Run(
            "New-FargateSession -Reason 'INC-1234: stuck imports' -Tag @{ team = 'billing'; 'Größe' = 5 }").Output);

        var user = $"{Environment.UserName}@{Environment.MachineName}";
        var sent = Assert.Single(me.Calls("RunTask")).Parameters;
        Assert.Equal("TASK_DEFINITION", (string?)sent["propagateTags"]);
        Assert.Equal(session.Text("SessionId"), (string?)sent["startedBy"]);
        Assert.Equal(
            new Dictionary<string, string?>
            {
                ["ecs-fargate-login:reason"] = "INC-1234: stuck imports",
                ["ecs-fargate-login:user"] = user,
                ["team"] = "billing",
                ["Größe"] = "5",
            },
            sent["tags"]!.AsArray().ToDictionary(tag => (string)tag!["key"]!, tag => (string?)tag!["value"]));
        var found = Assert.Single(me.Run("Get-FargateSession $args[0]", session.Text("SessionId")).Output);
        Assert.All([session, found], seen =>
        {
            Assert.Equal("INC-1234: stuck imports", seen.Text("Reason"));
            Assert.Equal("billing", ((IDictionary)seen.Properties["Tags"].Value)["team"]);
        });
        var list = string.Concat(me.Run("$args[0] | Format-List | Out-String", found).Output);
        Assert.Matches(@"Reason +: INC-1234: stuck imports", list);
        me.Run("$args[0] | Stop-FargateSession", session);
    }

    [Fact]
    public async Task A_reason_comes_with_a_row_of_a_table_and_tags_alone_say_nothing_of_the_user()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            [pscustomobject]@{ Reason = 'nightly check' } | New-FargateSession | Stop-FargateSession -PassThru
            New-FargateSession -Tag @{ team = 'billing' } | Stop-FargateSession -PassThru
            """);

        Assert.Empty(run.Errors);
        Assert.Equal("nightly check", run.Output[0].Text("Reason"));
        Assert.Equal(["team"], me.Calls("RunTask")[1].Parameters["tags"]!.AsArray().Select(tag => (string)tag!["key"]!));
        Assert.Null(run.Output[1].Properties["Reason"].Value);
    }

    [Theory]
    [InlineData("-Tag @{ 'AWS:team' = 1 }", "AWS:team", "AWS's own")]
    [InlineData("-Tag @{ 'ecs-fargate-login:user' = 'me' }", "ecs-fargate-login:user", "this module's own")]
    [InlineData("-Tag @{ 'a*b' = 1 }", "a*b", "its key holds '*'")]
    [InlineData("-Tag @{ '' = 1 }", "", "1 to 128 characters")]
    [InlineData("-Tag @{ ('k' * 129) = 1 }", null, "1 to 128 characters")]
    [InlineData("-Tag @{ k = 'v' * 257 }", "k", "at most 256 characters")]
    [InlineData("-Tag @{ k = \"a`nb\" }", "k", "its value holds U+000A")]
    [InlineData("-Tag @{ k = 1, 2 }", "k", "is a list")]
    [InlineData("-Reason 'who?'", "ecs-fargate-login:reason", "its value holds '?'")]
    public async Task What_AWS_would_refuse_is_refused_before_anything_starts(string parameters, string? target, string why)
    {
        await using var me = await Operator.StartAsync();

        var error = me.ErrorOf($"New-FargateSession {parameters}");

        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        error.Is("InvalidTag", ErrorCategory.InvalidArgument, target ?? new string('k', 129));
        me.HasStartedNothing();
    }

    [Fact]
    public async Task Fifty_tags_are_the_most_with_those_of_the_reason()
    {
        await using var me = await Operator.StartAsync();

        var error = me.ErrorOf("$tags = @{}; 1..49 | ForEach-Object { $tags[\"k$_\"] = $_ }; New-FargateSession -Tag $tags -Reason why");

        Assert.Contains("cannot have 51 tags", error.Message, StringComparison.Ordinal);
        me.HasStartedNothing();
    }
}
