using EcsFargateLogin.Transfers;

namespace EcsFargateLogin.Tests.Transfers;

public sealed class NameRulesTests
{
    [Theory]
    [InlineData("m:n", true)]
    [InlineData("CON", true)]
    [InlineData("con.txt", true)]
    [InlineData("Nul .tar.gz", true)]
    [InlineData("COM1", true)]
    [InlineData("lpt²", true)]
    [InlineData("tail.", true)]
    [InlineData("tail ", true)]
    [InlineData("back\\slash", true)]
    [InlineData("what?", true)]
    [InlineData("new\nline", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData("a\0b", false)]
    public void A_name_that_cannot_be_is_not_allowed(string name, bool isAllowedElsewhere)
    {
        Assert.False(new NameRules(IsWindows: true, IgnoresCase: true).Allow(name));
        Assert.Equal(isAllowedElsewhere, new NameRules(IsWindows: false, IgnoresCase: false).Allow(name));
    }

    [Theory]
    [InlineData("console")]
    [InlineData("COM")]
    [InlineData("COM10")]
    [InlineData(".hidden")]
    [InlineData("größe (1).txt")]
    public void Others_are(string name) => Assert.True(new NameRules(IsWindows: true, IgnoresCase: true).Allow(name));
}
