using System.Diagnostics;
using System.Text.RegularExpressions;
using EcsFargateLogin.EndToEnd.Cmdlets;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Interactive;

/// <summary>
/// A program in a whole terminal, tmux's: it draws, answers questions and has a size, so that PowerShell uses PSReadLine.
/// Disposal closes the terminal.
/// </summary>
internal sealed class TmuxTerminal : IAsyncDisposable
{
    private readonly string _socket;

    private TmuxTerminal(string socket) => _socket = socket;

    /// <summary>Opens a terminal and starts the program in it.</summary>
    /// <param name="start">The program, with its environment.</param>
    /// <param name="folder">For the server's socket.</param>
    /// <param name="columns">Of the terminal, which has 40 rows.</param>
    public static async Task<TmuxTerminal> OpenAsync(ProcessStartInfo start, string folder, int columns = 100)
    {
        TmuxTerminal terminal = new(Path.Combine(folder, "tmux"));
        // What a program has shown last stays there when it ends.
        var configuration = Path.Combine(folder, "tmux.conf");
        await File.WriteAllTextAsync(configuration, "set-option -g remain-on-exit on\n");
        ProcessStartInfo tmux = new("tmux",
            ["-f", configuration, "-S", terminal._socket, "new-session", "-d", "-x", $"{columns}", "-y", "40", start.FileName, .. start.ArgumentList]);
        foreach (var (name, value) in start.Environment)
        {
            tmux.Environment[name] = value;
        }

        tmux.Environment.Remove("TMUX");
        tmux.Environment.Remove("NO_COLOR");
        tmux.Environment["LC_ALL"] = "C.UTF-8";
        var run = await EngineProcess.RunAsync(tmux);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return terminal;
    }

    /// <summary>Opens a terminal with an interactive bash; the program is then a job of its job control.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    public static async Task<TmuxTerminal> OpenShellAsync(ProcessStartInfo start, string folder)
    {
        var shell = start.ArgumentList.Prepend(start.FileName).Select(word => $"'{word}'").ToList();
        start.ArgumentList.Clear();
        start.FileName = "bash";
        start.ArgumentList.Add("--norc");
        start.ArgumentList.Add("-i");
        start.Environment["PS1"] = "bash> ";
        var terminal = await OpenAsync(start, folder);
        await terminal.ShowsAsync("^bash>$");
        await terminal.TypeLineAsync($"clear; {string.Join(' ', shell)}");
        return terminal;
    }

    /// <summary>The text that a person sees, without blank lines at the end.</summary>
    public async Task<string> ScreenAsync() => (await RunAsync("capture-pane", "-p")).Output.TrimEnd();

    /// <summary>
    /// The values of tmux's variables about the terminal. tmux does not notice a program that ends while it takes its terminal out
    /// of utmp. The end of another program makes it look for all that have ended, which a later call tells.
    /// </summary>
    public async Task<string> StateAsync(params string[] variables)
    {
        var format = string.Join(' ', variables.Select(name => $"#{{{name}}}"));
        return (await RunAsync("run-shell", "-b", "true", ";", "display-message", "-p", format)).Output.TrimEnd();
    }

    /// <summary>Types a line and presses Enter.</summary>
    public async Task TypeLineAsync(string text)
    {
        await TypeAsync(text);
        await PressAsync("Enter");
    }

    /// <summary>Types.</summary>
    public Task TypeAsync(string text) => RunAsync("send-keys", "-l", "--", text);

    /// <summary>Presses a key, by tmux's name of it: C-c, Tab, Left, …</summary>
    public Task PressAsync(string key) => RunAsync("send-keys", key);

    /// <summary>Makes the terminal wider or narrower.</summary>
    public Task ResizeAsync(int columns) =>
        RunAsync("resize-window", "-x", columns.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Waits until the screen matches.</summary>
    public async Task<Match> ShowsAsync(string pattern)
    {
        Regex expected = new(pattern, RegexOptions.Multiline);
        var screen = "";
        var limit = Stopwatch.StartNew();
        while (true)
        {
            if (expected.Match(screen = await ScreenAsync()) is { Success: true } match)
            {
                return match;
            }

            Assert.True(limit.Elapsed < Eventually.DefaultLimit, $"'{pattern}' was not shown in {Eventually.DefaultLimit.TotalSeconds:0} s, but:\n{screen}");
            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync() => await RunAsync("kill-server");

    private Task<ProcessResult> RunAsync(params string[] arguments) =>
        EngineProcess.RunAsync(new ProcessStartInfo("tmux", ["-S", _socket, .. arguments]));
}
