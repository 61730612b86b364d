using System.Text;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Pipeline;

/// <summary>
/// Before PowerShell draws progress it asks the terminal where the cursor is, and waits for the answer without a limit. Ctrl+C makes
/// the system drop what has been typed and not read yet, and such an answer with it: nothing would be stopped and cleaned up until
/// another key is pressed. So after Ctrl+C the question is asked once more where nobody has had the answer.
/// </summary>
internal static class CursorQuestion
{
    private const string Terminal = "/dev/tty";

    /// <summary>The time limit for the answer. A remote terminal takes some tenths of a second.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly byte[] Question = Encoding.ASCII.GetBytes("\e[6n");
    private static int _isWatched;

    /// <summary>Asks again whenever an answer seems lost, on another thread. Windows has no such question.</summary>
    /// <param name="isNeeded">Whether somebody still has to stop.</param>
    public static void AskAgainWhile(Func<bool> isNeeded)
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
                if (IsWaitedFor())
                {
                    Ask();
                }
            }
        }
        finally
        {
            Volatile.Write(ref _isWatched, 0);
        }
    }

    /// <summary>Whether somebody waits for an answer for so long: .NET keeps its reader meanwhile, and reads with a time.</summary>
    private static bool IsWaitedFor()
    {
        var reader = Console.In;
        if (Monitor.TryEnter(reader, AnswerLimit))
        {
            Monitor.Exit(reader);
            return false;
        }

        return TerminalModes.Read().HasReadTime;
    }

    private static void Ask()
    {
        try
        {
            using FileStream terminal = new(Terminal, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            terminal.Write(Question);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The terminal is gone, and nobody waits for its answers.
        }
    }
}
