using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Tests.Model;

public sealed class CommandLimitTests
{
    private static readonly ContainerStart Named = new() { Command = ["/start.sh", "a b"] };

    [Fact]
    public void Timeout_ends_a_known_command_a_little_after_the_lifetime() =>
        Assert.Equal(["timeout", "75", "/start.sh", "a b"], CommandLimit.Apply(Request(60), Named));

    [Theory]
    [InlineData(0)]
    [InlineData(null)]
    public void Without_a_lifetime_that_was_asked_for_the_command_stays_as_it_is(int? asked)
    {
        Assert.Empty(CommandLimit.Apply(Request(asked), Named));
        Assert.Equal(["x"], CommandLimit.Apply(Request(asked) with { Command = ["x"] }, Named));
        Assert.Null(CommandLimit.For(Request(asked), Named));
    }

    [Fact]
    public void A_command_of_the_user_s_own_is_limited_too() => Assert.Equal(
        ["timeout", "75", "sh", "-c", "x"], CommandLimit.Apply(Request(60) with { Command = ["sh", "-c", "x"] }, Named));

    [Fact]
    public void Nothing_is_put_behind_an_entry_point_or_before_a_command_that_is_not_known()
    {
        Assert.Equal(["x"], CommandLimit.Apply(Request(60) with { Command = ["x"] }, Named with { EntryPoint = ["sh", "-c"] }));
        Assert.Equal(["x"], CommandLimit.Apply(Request(60) with { Command = ["x"] }, start: null));
        Assert.Empty(CommandLimit.Apply(Request(60), new ContainerStart()));
    }

    [Fact]
    public void An_application_s_container_runs_the_script_which_keeps_the_lifetime_itself()
    {
        var request = Request(60) with { IsOfApplication = true };

        Assert.Equal(["/usr/local/bin/start-sshd.sh"], CommandLimit.Apply(request, Named));
        Assert.Null(CommandLimit.For(request, Named));
        Assert.Equal(["timeout", "75", "/opt/sshd"], CommandLimit.Apply(request with { Command = ["/opt/sshd"] }, Named));
    }

    private static SessionRequest Request(int? maxLifetime) => new()
    {
        TaskDefinition = "cli", Cluster = "dev", Subnets = ["subnet-1"], Limits = new() { MaxLifetime = maxLifetime },
    };
}
