using System.Text;
using EcsFargateLogin.Model;
using EcsFargateLogin.Pipeline;

namespace EcsFargateLogin.Views;

/// <summary>Colours as $PSStyle has them, with the user's own where they have some.</summary>
/// <param name="style">The value of $PSStyle.</param>
internal sealed class Palette(object? style)
{
    /// <summary>A text in the colour of a tone; as it is where no colours are wanted.</summary>
    public string Paint(string text, Tone tone)
    {
        var colour = tone switch
        {
            Tone.Good => Member("Foreground", "Green"),
            Tone.Caution => Member("Formatting", "Warning"),
            Tone.Bad => Member("Formatting", "Error"),
            _ => Member("Foreground", "BrightBlack"),
        };
        return text.Length == 0 || colour is not { Length: > 0 } || !IsWanted ? text : $"{colour}{text}{Member("Reset")}";
    }

    /// <summary>pwsh looks at NO_COLOR when it starts, other hosts not at all; it does not look whether there is a terminal.</summary>
    private bool IsWanted =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Member("OutputRendering") switch
        {
            "PlainText" => false,
            "Ansi" => true,
            _ => !Console.IsOutputRedirected,
        };

    private string? Member(params string[] path) => StyleMember.Of(style, path)?.ToString();
}

/// <summary>What a colour says of what is shown. It never says it alone: the words or the mark say the same.</summary>
internal enum Tone
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>On its way, or to be looked at.</summary>
    Caution,

    /// <summary>Something has failed.</summary>
    Bad,

    /// <summary>Over: nothing to look at any more.</summary>
    Faint,
}

/// <summary>Which tone is whose.</summary>
internal static class Tones
{
    /// <summary>The tone of a session's state.</summary>
    public static Tone OfState(string state) => state is TaskStatuses.Ready or TaskStatuses.Running ? Tone.Good
        : TaskStatuses.IsEnding(state) ? Tone.Faint
        : Tone.Caution;

    /// <summary>The tone of a tunnel's status.</summary>
    public static Tone Of(FargateTunnelStatus status) => status switch
    {
        FargateTunnelStatus.Open => Tone.Good,
        FargateTunnelStatus.Reconnecting => Tone.Caution,
        FargateTunnelStatus.Lost => Tone.Bad,
        _ => Tone.Faint,
    };

    /// <summary>The tone of a check's result.</summary>
    public static Tone Of(FargateCheckResult result) => result switch
    {
        FargateCheckResult.Passed => Tone.Good,
        FargateCheckResult.Warning => Tone.Caution,
        FargateCheckResult.Failed => Tone.Bad,
        _ => Tone.Faint,
    };
}

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
