using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace PowerShellHost.ConsoleHost;

/// <summary>
/// Reads standard input, and only when a prompt asks: never more of it than one line, so that the rest is left to
/// the children that inherit it. A request to stop ends the wait for a line.
/// </summary>
internal sealed class ConsoleInput(bool isInteractive, CancellationToken stop)
{
    private readonly Lazy<Stream> _redirected = new(Console.OpenStandardInput);

    /// <exception cref="HostException">The input has ended, or the host was started with -NonInteractive.</exception>
    public string ReadLine() => Wait(() => Console.IsInputRedirected ? ReadRedirectedLine() : Console.ReadLine());

    /// <inheritdoc cref="ReadLine"/>
    public SecureString ReadSecret()
    {
        var secret = new SecureString();
        foreach (var character in Wait(() => Console.IsInputRedirected ? ReadRedirectedLine() : ReadHiddenLine()))
        {
            secret.AppendChar(character);
        }

        secret.MakeReadOnly();
        return secret;
    }

    /// <summary>Reads on a thread of its own, for a read cannot be interrupted.</summary>
    private string Wait(Func<string?> read)
    {
        if (!isInteractive)
        {
            throw new HostException("The script asks for input, but the host was started with -NonInteractive.");
        }

        try
        {
            return Task.Run(read).WaitAsync(stop).GetAwaiter().GetResult()
                ?? throw new HostException("The script asks for input, but standard input has ended.");
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
    }

    private string? ReadRedirectedLine()
    {
        var line = new List<byte>();
        int value;
        while ((value = _redirected.Value.ReadByte()) is not (-1 or '\n'))
        {
            line.Add((byte)value);
        }

        return value == -1 && line.Count == 0 ? null : Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
    }

    private static string ReadHiddenLine()
    {
        var line = new StringBuilder();
        ConsoleKeyInfo key;
        while ((key = Console.ReadKey(intercept: true)).Key != ConsoleKey.Enter)
        {
            if (key.Key != ConsoleKey.Backspace)
            {
                line.Append(key.KeyChar);
            }
            else if (line.Length > 0)
            {
                line.Length--;
            }
        }

        return line.ToString();
    }
}
