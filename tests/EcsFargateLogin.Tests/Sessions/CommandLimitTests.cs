using EcsFargateLogin.Cloud;
using EcsFargateLogin.Sessions;

namespace EcsFargateLogin.Tests.Sessions;

public sealed class CommandLimitTests
{
    private static readonly ContainerStart Named = new() { Command = ["/start.sh", "a b"] };

    [Theory]
    [InlineData(60, null, "75")]
    [InlineData(60, "30", "75")]
    [InlineData(null, null, "14415")]
    [InlineData(null, "", "14415")]
    [InlineData(null, "30", "45")]
    public void Timeout_ends_a_known_command_a_little_after_the_lifetime(int? asked, string? ofDefinition, string seconds) =>
        Assert.Equal(["timeout", seconds, "/start.sh", "a b"], CommandLimit.Apply(Request(asked), StartWith(ofDefinition)));

    [Theory]
    [InlineData(0, null)]
    [InlineData(0, "30")]
    [InlineData(null, "0")]
    [InlineData(null, "soon")]
    public void Without_a_lifetime_the_command_stays_as_it_is(int? asked, string? ofDefinition)
    {
        Assert.Empty(CommandLimit.Apply(Request(asked), StartWith(ofDefinition)));
        Assert.Null(CommandLimit.SecondsFor(Request(asked), StartWith(ofDefinition)));
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

    private static SessionRequest Request(int? maxLifetime) => new()
    {
        TaskDefinition = "cli", Cluster = "dev", Subnets = ["subnet-1"], Limits = new() { MaxLifetime = maxLifetime },
    };

    private static ContainerStart StartWith(string? lifetime) => lifetime is null
        ? Named
        : Named with { Environment = new Dictionary<string, string> { ["_MAX_LIFETIME"] = lifetime } };
}
