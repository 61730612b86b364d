using System.Text;

namespace EcsFargateLogin.Views;

/// <summary>The few characters beyond ASCII that the views have, and what stands for them where a console has not.</summary>
internal static class Symbols
{
    /// <summary>The mark of a check's result, one column wide.</summary>
    public static string MarkOf(FargateCheckResult result, Encoding encoding) => result switch
    {
        FargateCheckResult.Passed => Either("✔", "+", encoding),
        FargateCheckResult.Warning => Either("⚠", "!", encoding),
        FargateCheckResult.Failed => Either("✘", "x", encoding),
        _ => Either("–", "-", encoding),
    };

    /// <summary>What leads from a finding to what is to be done.</summary>
    public static string Arrow(Encoding encoding) => Either("→", "->", encoding);

    private static string Either(string symbol, string ascii, Encoding encoding) =>
        encoding.GetString(encoding.GetBytes(symbol)) == symbol ? symbol : ascii;
}
