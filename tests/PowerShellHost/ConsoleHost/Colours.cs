namespace PowerShellHost.ConsoleHost;

/// <summary>Console colours as escape sequences; a terminal without colours takes them out again.</summary>
internal static class Colours
{
    /// <summary>The colour that a raw user interface has when none was chosen.</summary>
    public const ConsoleColor None = (ConsoleColor)(-1);

    // Each console colour's place among the terminal's: the console counts blue, green, red; the terminal the reverse.
    private static readonly int[] s_places = [0, 4, 2, 6, 1, 5, 3, 7];

    public static string Paint(ConsoleColor foreground, string text) => Paint(foreground, None, text);

    public static string Paint(ConsoleColor foreground, ConsoleColor background, string text)
    {
        var start = Sequence(foreground, 30) + Sequence(background, 40);
        return start.Length == 0 ? text : start + text + "\u001b[0m";
    }

    private static string Sequence(ConsoleColor colour, int firstCode)
    {
        if (colour is < ConsoleColor.Black or > ConsoleColor.White)
        {
            return "";
        }

        var isBright = colour >= ConsoleColor.DarkGray;
        return $"\u001b[{firstCode + s_places[(int)colour % 8] + (isBright ? 60 : 0)}m";
    }
}
