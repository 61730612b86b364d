using System.Text;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Pipeline;

/// <summary>
/// Repeats the query for the cursor's position after Ctrl+C. Before PowerShell draws progress it sends this query to the terminal
/// and waits for the answer without a limit. At Ctrl+C the system drops unread input, which can include the answer: nothing would
/// be stopped and cleaned up until another key is pressed.
/// </summary>
internal static class CursorPositionQuery
{
    private const string Terminal = "/dev/tty";

    /// <summary>The time limit for the answer. A remote terminal takes some tenths of a second.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly byte[] Query = Encoding.ASCII.GetBytes("\e[6n");
    private static int _isWatched;

    /// <summary>Repeats the query whenever an answer seems lost, on another thread. Windows has no such query.</summary>
    /// <param name="isNeeded">Returns whether a command still has to stop.</param>
    public static void RepeatWhile(Func<bool> isNeeded)
    {
        if (!OperatingSystem.IsWindows() && !Console.IsInputRedirected && !Console.IsOutputRedirected
            && Interlocked.Exchange(ref _isWatched, 1) == 0)
        {
            _ = WatchAsync(isNeeded);
        }
    }

    private static async Task WatchAsync(Func<bool> isNeeded)
    {
        try
        {
            while (isNeeded())
            {
                await Task.Delay(Pause);
                if (IsAnswerPending())
                {
                    Send();
                }
            }
        }
        finally
        {
            Volatile.Write(ref _isWatched, 0);
        }
    }

    /// <summary>
    /// Whether an answer is overdue: .NET waits for it with its reader locked and the terminal's read timeout set.
    /// </summary>
    private static bool IsAnswerPending()
    {
        var reader = Console.In;
        if (Monitor.TryEnter(reader, AnswerLimit))
        {
            Monitor.Exit(reader);
            return false;
        }

        return TerminalModes.Read().HasReadTime;
    }

    private static void Send()
    {
        try
        {
            using FileStream terminal = new(Terminal, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            terminal.Write(Query);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The terminal is gone, and nobody waits for its answers.
        }
    }
}
