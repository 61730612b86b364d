namespace EcsFargateLogin.Foundation;

/// <summary>
/// The one place where words become part of a shell's line: ssh hands the remote side a line, and its shell takes it apart.
/// </summary>
internal static class PosixShell
{
    /// <summary>Writes a word so that a POSIX shell reads it as it is, whatever it holds.</summary>
    /// <param name="word">Anything but NUL, which no argument of a program can hold.</param>
    public static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>Adds words to a command.</summary>
    /// <param name="command">A command as it is typed into a shell.</param>
    /// <param name="words">What follows it, as it is.</param>
    public static string Append(string command, IEnumerable<string> words) =>
        string.Join(' ', words.Select(Quote).Prepend(command));
}
