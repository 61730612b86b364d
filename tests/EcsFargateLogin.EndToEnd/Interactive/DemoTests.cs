using System.Diagnostics;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Engine;
using EcsFargateLogin.EndToEnd.Tunnels;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Interactive;

/// <summary>The demo of build.sh: a tour in a terminal, and a login with what standard input says elsewhere.</summary>
public sealed class DemoTests : IDisposable
{
    private const string Prompt = @"^PS> *\s*\z";

    private readonly TemporaryFolder _folder = TemporaryFolder.ForContainers();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Without_a_terminal_it_runs_what_standard_input_says_and_exits_as_that_does()
    {
        var run = await EngineProcess.RunAsync(Demo(), "echo up-$((6*7)); exit 7\n");

        Assert.Equal((7, "up-42\n"), (run.ExitCode, run.Output));
        LeftNothing();
    }

    [Fact]
    public async Task In_a_terminal_Enter_runs_each_step_of_the_tour()
    {
        await using var terminal = await OpenAsync();

        await StepAsync(terminal, 1, @"^fl-\w+ +READY ");
        await terminal.ShowsAsync("^2 of 8: ");
        await terminal.PressAsync("Enter");
        await terminal.ShowsAsync("^root@.*[#$] *$|^[#$] *$");
        await terminal.TypeLineAsync("exit");
        await StepAsync(terminal, 3, "^3$");
        await StepAsync(terminal, 4, "os-release");
        await StepAsync(terminal, 5, "^ +1 Open ");
        await StepAsync(terminal, 6, @"^fl-\w+ +RUNNING ");
        await StepAsync(terminal, 7, "^8 of 8: ");
        await terminal.PressAsync("Enter");
        await terminal.ShowsAsync("^root@.*[#$] *$|^[#$] *$");
        await terminal.TypeLineAsync("exit");
        await terminal.ShowsAsync("^That was the tour");
        await terminal.TypeLineAsync("exit");

        await EndsAsync(terminal);
        LeftNothing();
    }

    [Fact]
    public async Task Lines_of_one_s_own_run_between_the_steps_and_an_interrupted_step_gives_the_prompt_back()
    {
        await using var terminal = await OpenAsync();
        await terminal.TypeLineAsync("'own ' + 'line'");
        await terminal.ShowsAsync($@"^own line\s+1 of 8: [\s\S]*{Prompt}");

        await terminal.PressAsync("Enter");
        await terminal.ShowsAsync("PENDING|PROVISIONING");
        await terminal.PressAsync("C-c");
        await terminal.ShowsAsync($@"^2 of 8: [\s\S]*{Prompt}");
        await terminal.TypeLineAsync("\"$(@(Get-FargateSession).Count) sessions\"");
        await terminal.ShowsAsync("^0 sessions$");
        await terminal.TypeLineAsync("exit");

        await EndsAsync(terminal);
        LeftNothing();
    }

    [Fact]
    public async Task A_terminal_that_is_closed_leaves_nothing()
    {
        await using (var terminal = await OpenAsync())
        {
            await StepAsync(terminal, 1, @"^fl-\w+ +READY ");
        }

        await Eventually.BecomesAsync(() => Left().Count == 0, () => $"Left: {string.Join(", ", Left())}");
    }

    private static async Task StepAsync(TmuxTerminal terminal, int number, string expected)
    {
        await terminal.ShowsAsync($@"^{number} of 8: [\s\S]*{Prompt}");
        await terminal.TypeLineAsync("");
        await terminal.ShowsAsync(expected);
    }

    private static async Task EndsAsync(TmuxTerminal terminal) =>
        await Eventually.BecomesAsync(
            async () => await terminal.StateAsync("pane_dead", "pane_dead_status") == "1 0", terminal.ScreenAsync);

    private ProcessStartInfo Demo()
    {
        var start = EngineProcess.Script(Path.Combine(Checkout.Root, "tests", "LocalFargate", "demo.ps1"));
        start.Environment["TMPDIR"] = Directory.CreateDirectory(Path.Combine(_folder.Path, "tmp")).FullName;
        return start;
    }

    private async Task<TmuxTerminal> OpenAsync()
    {
        var terminal = await TmuxTerminal.OpenAsync(Demo(), _folder.Path, columns: 80);
        await terminal.ShowsAsync($@"^1 of 8: [\s\S]*{Prompt}");
        return terminal;
    }

    /// <summary>The folders of the demo, and the processes that use files in them.</summary>
    private List<string> Left() =>
    [
        .. Directory.GetDirectories(Path.Combine(_folder.Path, "tmp"), "local-fargate-*"),
        .. SshProcesses.With(_folder.Path).Select(id => $"ssh {id}"),
    ];

    private void LeftNothing() => Assert.Empty(Left());
}
