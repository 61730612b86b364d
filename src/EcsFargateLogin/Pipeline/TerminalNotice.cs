using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Pipeline;

/// <summary>Shows messages during a remote shell, while it uses the terminal and PowerShell's streams cannot.</summary>
internal static class TerminalNotice
{
    /// <summary>Writes one line to standard error if that is a terminal, and nothing otherwise.</summary>
    /// <param name="text">The line. Its control characters are removed.</param>
    public static void Write(string text)
    {
        if (Console.IsErrorRedirected)
        {
            return;
        }

        // ssh has put the terminal into raw mode, in which only a carriage return moves to the start of a line.
        var line = TerminalText.OneLine(text);
        using var terminal = Console.OpenStandardError();
        try
        {
            terminal.Write(Console.OutputEncoding.GetBytes($"\r\nEcsFargateLogin: {line}\r\n"));
        }
        catch (IOException)
        {
            // The terminal is gone.
        }
    }
}
