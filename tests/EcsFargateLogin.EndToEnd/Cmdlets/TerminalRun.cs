using System.Diagnostics;
using System.Text;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>
/// A process that runs while a test watches what it shows and types what it reads. Disposal ends it and its children.
/// </summary>
internal sealed class TerminalRun : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _screen = new();
    private readonly StringBuilder _errors = new();
    private readonly Task _ended;

    private TerminalRun(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        _process = Process.Start(start)!;
        _ended = Task.WhenAll(
            CollectAsync(_process.StandardOutput, _screen),
            CollectAsync(_process.StandardError, _errors),
            _process.WaitForExitAsync());
    }

    /// <summary>What was shown until now, with the escape sequences in it.</summary>
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
        await _process.StandardInput.WriteAsync(text);
        await _process.StandardInput.FlushAsync();
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
    public Task ShowsAsync(string text) => Eventually.BecomesAsync(
        () => Screen.Contains(text, StringComparison.Ordinal)
            || (_process.HasExited ? throw new InvalidOperationException($"It ended without '{text}': {Screen}{Errors}") : false),
        () => $"'{text}' was not shown: {Screen}{Errors}");

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
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _ended.WaitAsync(Limit);
        _process.Dispose();
    }

    private static async Task CollectAsync(StreamReader reader, StringBuilder text)
    {
        var buffer = new char[4096];
        int count;
        while ((count = await reader.ReadAsync(buffer)) > 0)
        {
            lock (text)
            {
                text.Append(buffer, 0, count);
            }
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
