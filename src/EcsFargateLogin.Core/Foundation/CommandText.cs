namespace EcsFargateLogin.Foundation;

/// <summary>Shows a command line to people so that it can be pasted into a shell. Never used to run anything.</summary>
internal static class CommandText
{
    /// <summary>Characters that mean nothing else to POSIX shells and to PowerShell; a comma or @ would to the latter.</summary>
    private const string PlainCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./:%+";

    /// <summary>A command line for POSIX shells.</summary>
    public static string Of(string program, IEnumerable<string> arguments) => Join(program, arguments, quoteInQuotes: "'\\''");

    /// <summary>A command line for PowerShell.</summary>
    public static string ForPowerShell(string command, IEnumerable<string> arguments) =>
        Join(command, arguments, quoteInQuotes: "''");

    /// <summary>One word of a command line for PowerShell.</summary>
    public static string Word(string word) => Quote(word, "''");

    private static string Join(string program, IEnumerable<string> arguments, string quoteInQuotes) =>
        string.Join(' ', new[] { program }.Concat(arguments).Select(word => Quote(word, quoteInQuotes)));

    private static string Quote(string word, string quoteInQuotes) => word.Length > 0 && word.All(PlainCharacters.Contains)
        ? word
        : $"'{word.Replace("'", quoteInQuotes, StringComparison.Ordinal)}'";
}
