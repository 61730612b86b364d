using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>
/// A process that runs while a test watches what it shows and types what it reads. Disposal ends it and its children.
/// </summary>
internal sealed partial class TerminalRun : IAsyncDisposable
{
    private const string CursorQuestion = "\u001b[6n";
    private static readonly TimeSpan Limit = Eventually.DefaultLimit;

    private readonly Process _process;
    private readonly StringBuilder _screen = new();
    private readonly StringBuilder _errors = new();
    private readonly SemaphoreSlim _keyboard = new(1);
    private readonly Task _ended;
    private string _afterNextAnswer = "";

    private TerminalRun(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        _process = Process.Start(start)!;
        _ended = Task.WhenAll(
            CollectAsync(_process.StandardOutput, _screen, AnswerAsync),
            CollectAsync(_process.StandardError, _errors, (_, _) => Task.CompletedTask),
            _process.WaitForExitAsync());
    }

    /// <summary>The id of the process.</summary>
    public int Id => _process.Id;

    /// <summary>Whether the process has ended.</summary>
    public bool HasEnded => _ended.IsCompleted || _process.HasExited;

    /// <summary>The output of the terminal until now, with its escape sequences.</summary>
    public string Screen => Read(_screen);

    /// <summary>Standard error, which a terminal of its own shows on the screen.</summary>
    public string Errors => Read(_errors);

    /// <summary>Starts it under a pseudo-terminal: "\u0003" is Ctrl+C.</summary>
    public static TerminalRun UnderTerminal(ProcessStartInfo start) => new(EngineProcess.UnderTerminal(start));

    /// <summary>Starts it with pipes for its input and output, as in a CI job.</summary>
    public static TerminalRun WithPipes(ProcessStartInfo start) => new(start);

    /// <summary>Types, or pipes in.</summary>
    public async Task TypeAsync(string text)
    {
        await _keyboard.WaitAsync();
        try
        {
            await _process.StandardInput.WriteAsync(text);
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException) when (_process.HasExited)
        {
            // Nobody reads any more: what the test waits for says so better.
        }
        finally
        {
            _keyboard.Release();
        }
    }

    /// <summary>
    /// Types as soon as PowerShell has been told where the cursor is, and before it has read that: Ctrl+C makes the terminal
    /// drop the answer.
    /// </summary>
    public void TypeAfterNextAnswer(string text) => Volatile.Write(ref _afterNextAnswer, text);

    /// <summary>Ends its input.</summary>
    public async Task EndInputAsync()
    {
        await _keyboard.WaitAsync();
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException) when (_process.HasExited)
        {
            // As with typing.
        }
        finally
        {
            _keyboard.Release();
        }
    }

    /// <summary>Sends SIGINT to the process alone.</summary>
    public void Interrupt() => EngineProcess.Interrupt(_process);

    /// <summary>Sends a signal to the process alone.</summary>
    /// <param name="signal">Its name: TERM, HUP, …</param>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, $"{_process.Id}"]);
        await kill.WaitForExitAsync().WaitAsync(Limit);
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Ends the process with SIGKILL, and not its children.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Limit);
    }

    /// <summary>Waits until the screen has shown something.</summary>
    public Task ShowsAsync(string text, TimeSpan? limit = null) => Eventually.BecomesAsync(
        () => Screen.Contains(text, StringComparison.Ordinal)
            || (_process.HasExited ? throw new InvalidOperationException($"It ended without '{text}': {Screen}{Errors}") : false),
        () => $"'{text}' was not shown: {Screen}{Errors}",
        limit);

    /// <summary>
    /// Waits until the remote shell asks for a command. What is typed earlier, while PowerShell shows progress, may be read by
    /// PowerShell.
    /// </summary>
    public Task ShowsPromptAsync() => Eventually.BecomesAsync(
        () => RemotePrompt().IsMatch(ControlSequence().Replace(Screen, ""))
            || (_process.HasExited ? throw new InvalidOperationException($"It ended without a remote prompt: {Screen}{Errors}") : false),
        () => $"No remote prompt was shown: {Screen}{Errors}");

    /// <summary>Waits until it has ended by itself.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync()
    {
        try
        {
            await _ended.WaitAsync(Limit);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"It did not end: {Screen}{Errors}", e);
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!HasEnded)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _ended.WaitAsync(Limit);
        _process.Dispose();
        _keyboard.Dispose();
    }

    /// <summary>
    /// Tells where the cursor is, as a terminal does when it is asked. PowerShell waits for the answer, and what is typed
    /// meanwhile is lost to the programs that it starts.
    /// </summary>
    private async Task AnswerAsync(string screen, int from)
    {
        // The question may have come in two parts.
        var i = Math.Max(0, from - CursorQuestion.Length + 1);
        while ((i = screen.IndexOf(CursorQuestion, i, StringComparison.Ordinal)) >= 0)
        {
            i += CursorQuestion.Length;
            await TypeAsync("\u001b[1;1R" + Interlocked.Exchange(ref _afterNextAnswer, ""));
        }
    }

    private static async Task CollectAsync(StreamReader reader, StringBuilder text, Func<string, int, Task> answer)
    {
        var buffer = new char[4096];
        int count;
        while ((count = await reader.ReadAsync(buffer)) > 0)
        {
            string all;
            lock (text)
            {
                all = text.Append(buffer, 0, count).ToString();
            }

            await answer(all, all.Length - count);
        }
    }

    // tmux may draw the rest of its window after the prompt, with the line of its own at the bottom.
    [GeneratedRegex(@"since RunTask[\s\S]*[#$] (?:$|\s+\[fargate\])")]
    private static partial Regex RemotePrompt();

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]|\e\][^\a]*\a")]
    private static partial Regex ControlSequence();

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
