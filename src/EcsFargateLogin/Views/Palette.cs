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
