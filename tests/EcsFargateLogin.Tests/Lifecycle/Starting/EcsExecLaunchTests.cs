using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Lifecycle.Starting;

/// <summary>Starting sessions that are entered by ECS Exec, or may be.</summary>
public sealed class EcsExecLaunchTests : LaunchTest
{
    private static SessionRequest ForEcsExec => Request with { Transport = FargateTransport.EcsExec };

    [Fact]
    public async Task It_has_no_key_and_what_it_runs_is_its_lifetime()
    {
        var session = await LaunchAsync(ForEcsExec with { Environment = new Dictionary<string, string> { ["A"] = "b" } });

        var sent = RunTask();
        Assert.True(sent.EnablesExecuteCommand);
        Assert.Equal(new Dictionary<string, string> { ["A"] = "b" }, sent.Environment);
        Assert.Equal(
            ["/bin/sh", "-c", "trap 'exit 0' TERM INT HUP; sleep \"$0\" & wait; exit 124", "14400"], sent.Command);
        Assert.Equal((null, null, true, true), (session.KeyPath, session.KnownHostsPath, session.IsOwn, session.HasEcsExec));
        Assert.Equal(TimeSpan.FromHours(4), session.Record.CommandLimit);
        Assert.Equal(FargateTransport.EcsExec, Assert.Single(Journal.ReadAll()).Transport);
        Assert.Equal(
            "session.json",
            Assert.Single(Directory.GetFiles(session.Folder!).Select(Path.GetFileName), file => !file!.StartsWith("owner-", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(60, "7200", "60", 60)]
    [InlineData(null, "7200", "7200", 7200)]
    [InlineData(null, "4h", "14400", 14400)]
    [InlineData(0, "7200", "999999999", null)]
    public async Task Its_lifetime_is_what_was_asked_for_or_the_definitions(
        int? asked, string defined, string slept, int? limit)
    {
        Cloud.OnDescribeTaskDefinition = () => SampleTask.Definition("cli") with
        {
            Starts = new Dictionary<string, ContainerStart>
            {
                ["cli"] = new() { Environment = new Dictionary<string, string> { ["_MAX_LIFETIME"] = defined } },
            },
        };

        var session = await LaunchAsync(ForEcsExec with { Limits = new SessionLimits { MaxLifetime = asked } });

        Assert.Equal(slept, RunTask().Command[^1]);
        Assert.Equal(limit, session.Record.CommandLimit?.TotalSeconds);
    }

    [Fact]
    public async Task A_command_of_the_users_takes_its_place()
    {
        var session = await LaunchAsync(ForEcsExec with { Command = ["bin/rails", "server"], IsOfApplication = true });

        Assert.Equal(["bin/rails", "server"], RunTask().Command);
        Assert.Null(session.Record.CommandLimit);
    }

    [Fact]
    public async Task An_applications_image_needs_no_script()
    {
        await LaunchAsync(ForEcsExec with { IsOfApplication = true });

        Assert.Equal("/bin/sh", RunTask().Command[0]);
    }

    [Fact]
    public async Task Auto_has_a_key_and_the_containers_own_command()
    {
        var session = await LaunchAsync(Request with { Transport = FargateTransport.Auto });

        var sent = RunTask();
        Assert.True(sent.EnablesExecuteCommand);
        Assert.Contains("_AUTHORIZED_PUBLIC_KEY", sent.Environment.Keys);
        Assert.Empty(sent.Command);
        Assert.True(File.Exists(session.KeyPath));
    }

    [Theory]
    [InlineData(FargateTransport.EcsExec, "1.3.0")]
    [InlineData(FargateTransport.Auto, "1.3.0")]
    public async Task A_platform_without_ECS_Exec_is_an_error_before_anything_is_started(FargateTransport transport, string version)
    {
        await FailAsync(FargateError.InvalidTransport, Request with { Transport = transport, PlatformVersion = version });

        AssertNothingStarted();
        AssertForgotten();
    }

    [Theory]
    [InlineData("1.4.0")]
    [InlineData("LATEST")]
    public async Task Others_have_it(string version) => await LaunchAsync(ForEcsExec with { PlatformVersion = version });
}
