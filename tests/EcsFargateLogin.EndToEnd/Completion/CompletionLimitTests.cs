using System.Diagnostics;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate.Faults;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Completion;

/// <summary>AWS is asked seldom, is not waited for long, and nobody hears of what goes wrong.</summary>
public sealed class CompletionLimitTests
{
    // Two seconds, and some more for a machine that runs other tests too.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task An_answer_serves_every_word_of_the_next_minute()
    {
        await using var me = await Operator.StartAsync();

        Assert.NotEmpty(Tab.Texts(me, "New-FargateSession -Subnet "));
        Assert.NotEmpty(Tab.Texts(me, "New-FargateSession -Subnet local-a"));
        Assert.Empty(Tab.Press(me, "New-FargateSession -Subnet nothing"));
        Assert.NotEmpty(Tab.Texts(me, "New-FargateSession -Cluster "));

        Assert.Equal(["DescribeSubnets", "ListClusters"], me.Fargate.Calls.Select(call => call.Operation));
    }

    [Fact]
    public async Task A_slow_answer_is_not_waited_for()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new DelayedReply { Delay = TimeSpan.FromSeconds(10) });

        var clock = Stopwatch.StartNew();
        Assert.Empty(Tab.Press(me, "New-FargateSession -Cluster "));
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(1), s_limit);
    }

    [Fact]
    public async Task A_slow_answer_is_there_for_a_later_Tab()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new DelayedReply { Delay = TimeSpan.FromSeconds(3), Times = 1 });

        Assert.Empty(Tab.Press(me, "New-FargateSession -Cluster "));
        Assert.True(SpinWait.SpinUntil(
            () => Tab.Press(me, "New-FargateSession -Cluster ").Count == 2, TimeSpan.FromSeconds(30)));
        Assert.Single(me.Fargate.Calls);
    }

    [Theory]
    [InlineData("-Cluster ")]
    [InlineData("-TaskDefinition ")]
    [InlineData("-TaskDefinition rails-cli:")]
    [InlineData("-Subnet ")]
    [InlineData("-SecurityGroup ")]
    public async Task A_refusal_is_not_heard_of_and_not_kept(string parameter)
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new AccessDenied { Times = 1 });

        Assert.Empty(Tab.Press(me, $"New-FargateSession {parameter}"));
        Assert.NotEmpty(Tab.Texts(me, $"New-FargateSession {parameter}"));
    }

    [Fact]
    public async Task An_answer_that_is_not_of_AWS_is_not_heard_of()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new HtmlAnswer());

        Assert.Empty(Tab.Press(me, "New-FargateSession -Subnet "));
    }

    [Fact]
    public async Task Without_credentials_or_a_region_nothing_is_offered_and_nothing_said()
    {
        await using var keyless = await Operator.StartAsync();
        await using var placeless = await Operator.StartAsync();
        const string forgetKeys = "$env:AWS_ACCESS_KEY_ID = $env:AWS_SECRET_ACCESS_KEY = $null";

        // The one that has its keys comes first.
        ProcessResult[] runs =
        [
            await placeless.RunApartAsync(PressIn(placeless, "")),
            await keyless.RunApartAsync($"{forgetKeys}\n{PressIn(keyless, "-Region us-east-1")}"),
        ];

        Assert.All(runs, run => Assert.Equal(("0 found, 0 errors, in time: True\n", ""), (run.Output, run.Error)));
        Assert.Empty(keyless.Fargate.Calls.Concat(placeless.Fargate.Calls));

        static string PressIn(Operator me, string region) =>
            $$"""
            $PSDefaultParameterValues.Clear()
            $line = 'New-FargateSession {{region}} -EndpointUrl {{me.Fargate.EndpointUrl}} -Cluster '
            $took = Measure-Command { $script:found = (TabExpansion2 $line $line.Length).CompletionMatches }
            "$($found.Count) found, $($Error.Count) errors, in time: $($took.TotalSeconds -lt {{s_limit.TotalSeconds}})"
            """;
    }
}
