using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Pipeline;

/// <summary>Says something in the middle of a remote shell, which has the terminal and PowerShell's streams have not.</summary>
internal static class TerminalNotice
{
    /// <summary>Writes one line to standard error where that is a terminal, and nothing elsewhere.</summary>
    /// <param name="text">The line; nothing that a terminal would obey is left of it.</param>
    public static void Write(string text)
    {
        if (Console.IsErrorRedirected)
        {
            return;
        }

        // ssh has the terminal in raw mode: there a line only begins at the left after a carriage return.
        var line = TerminalText.OneLine(text);
        using var terminal = Console.OpenStandardError();
        try
        {
            terminal.Write(Console.OutputEncoding.GetBytes($"\r\nEcsFargateLogin: {line}\r\n"));
        }
        catch (IOException)
        {
            // The terminal is gone, and its reader with it.
        }
    }
}
