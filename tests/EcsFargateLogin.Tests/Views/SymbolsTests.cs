using System.Text;
using EcsFargateLogin.Views;

namespace EcsFargateLogin.Tests.Views;

/// <summary>Symbols on consoles of every encoding.</summary>
public sealed class SymbolsTests
{
    [Theory]
    [InlineData("utf-8", "✔⚠✘–→")]
    [InlineData("utf-16", "✔⚠✘–→")]
    [InlineData("us-ascii", "+!x-->")]
    [InlineData("iso-8859-1", "+!x-->")]
    public void A_console_that_lacks_a_symbol_shows_ascii(string name, string shown)
    {
        var encoding = Encoding.GetEncoding(name);

        var symbols = Enum.GetValues<FargateCheckResult>().Select(result => Symbols.Of(result, encoding));

        Assert.Equal(shown, string.Concat(symbols) + Symbols.Arrow(encoding));
    }
}
