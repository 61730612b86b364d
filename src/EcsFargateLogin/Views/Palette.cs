using System.Text;
using EcsFargateLogin.Model;
using EcsFargateLogin.Pipeline;

namespace EcsFargateLogin.Views;

/// <summary>The colours of $PSStyle, as the user has set them.</summary>
/// <param name="style">The value of $PSStyle.</param>
internal sealed class Palette(object? style)
{
    /// <summary>Colours a text by its tone, unless colours are off.</summary>
    public string Paint(string text, Tone tone)
    {
        var colour = tone switch
        {
            Tone.Good => Member("Foreground", "Green"),
            Tone.Caution => Member("Formatting", "Warning"),
            Tone.Bad => Member("Formatting", "Error"),
            _ => Member("Foreground", "BrightBlack"),
        };
        return text.Length == 0 || colour is not { Length: > 0 } || !IsEnabled ? text : $"{colour}{text}{Member("Reset")}";
    }

    /// <summary>Whether colours are on. pwsh reads NO_COLOR only at its start, and does not check for a terminal.</summary>
    private bool IsEnabled =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Member("OutputRendering") switch
        {
            "PlainText" => false,
            "Ansi" => true,
            _ => !Console.IsOutputRedirected,
        };

    private string? Member(params string[] path) => StyleMember.Of(style, path)?.ToString();
}

/// <summary>The meaning of a colour, which words or a symbol always express too.</summary>
internal enum Tone
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Under way, or worth checking.</summary>
    Caution,

    /// <summary>Something has failed.</summary>
    Bad,

    /// <summary>Ended.</summary>
    Faint,
}

/// <summary>Maps states and results to tones.</summary>
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

/// <summary>The symbols beyond ASCII in views, and their replacements for consoles without them.</summary>
internal static class Symbols
{
    /// <summary>The symbol of a check's result, one column wide.</summary>
    public static string Of(FargateCheckResult result, Encoding encoding) => result switch
    {
        FargateCheckResult.Passed => Either("✔", "+", encoding),
        FargateCheckResult.Warning => Either("⚠", "!", encoding),
        FargateCheckResult.Failed => Either("✘", "x", encoding),
        _ => Either("–", "-", encoding),
    };

    /// <summary>The arrow between a finding and its fix.</summary>
    public static string Arrow(Encoding encoding) => Either("→", "->", encoding);

    private static string Either(string symbol, string ascii, Encoding encoding) =>
        encoding.GetString(encoding.GetBytes(symbol)) == symbol ? symbol : ascii;
}
