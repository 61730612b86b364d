using EcsFargateLogin.EndToEnd.Cmdlets;

namespace EcsFargateLogin.EndToEnd.Interactive;

/// <summary>A person at PowerShell's prompt, with PSReadLine, in a terminal.</summary>
public sealed class PromptTests
{
    private const string Prompt = "^ready> ";

    [Fact]
    public async Task After_the_remote_shell_the_prompt_takes_and_edits_lines_as_before()
    {
        await using var me = await Operator.StartAsync();
        await using var terminal = await OpenAsync(me);

        await terminal.TypeLineAsync("New-FargateSession | Enter-FargateShell");
        await terminal.ShowsAsync("^root@.*[#$]$|^[#$]$");
        await terminal.TypeLineAsync("echo up-$((6*7)); exit 7");

        await terminal.ShowsAsync($"^up-42[\\s\\S]*{Prompt.TrimEnd()}\\s*$");
        await terminal.TypeAsync("\"code $LASTEXITCDE with $((Get-Module PSReadLine).Name)\"");
        foreach (var key in Enumerable.Repeat("Left", " with $((Get-Module PSReadLine).Name)\"".Length + 2))
        {
            await terminal.PressAsync(key);
        }

        await terminal.TypeAsync("O");
        await terminal.PressAsync("Enter");
        await terminal.ShowsAsync("^code 7 with PSReadLine$");
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Ctrl_C_gives_the_prompt_back_and_leaves_no_task()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Replace([new LocalFargate.Faults.SshSilent()]);
        await using var terminal = await OpenAsync(me);

        await terminal.TypeLineAsync("New-FargateSession | Enter-FargateShell; 'went' + '-on'");
        await terminal.ShowsAsync("waiting for the SSH");
        await terminal.PressAsync("C-c");

        await terminal.ShowsAsync($"{Prompt.TrimEnd()}\\s*$");
        await me.LeftNothingAsync();
        await terminal.TypeLineAsync("\"sessions: $(@(Get-FargateSession -Mine).Count)\"");
        await terminal.ShowsAsync("^sessions: 0$");
        Assert.DoesNotContain("went-on", await terminal.ScreenAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_shell_leaves_nothing_of_its_full_screen_program_on_the_terminal()
    {
        await using var me = await Operator.StartAsync();
        await using var terminal = await OpenAsync(me);
        await terminal.TypeLineAsync("New-FargateSession -ReconnectWindow 0 | Enter-FargateShell");
        await terminal.ShowsAsync("^root@.*[#$]$|^[#$]$");

        // What tmux, vi and less set.
        await terminal.TypeLineAsync("printf '\\e[?1049h\\e[2J\\e[2;9r\\e[?1h\\e=\\e[?1002h\\e[?1006h\\e[?25l\\e[44mfull-%s' screen; kill -9 $PPID");

        await terminal.ShowsAsync($"{Prompt.TrimEnd()}\\s*$");
        Assert.DoesNotContain("full-screen", await terminal.ScreenAsync(), StringComparison.Ordinal);
        Assert.Equal("0 0 1 0 39", await terminal.StateAsync(
            "alternate_on", "mouse_any_flag", "cursor_flag", "scroll_region_upper", "scroll_region_lower"));
    }

    [Fact]
    public async Task Ctrl_Z_suspends_PowerShell_while_it_waits_and_what_runs_in_the_remote_shell_afterwards()
    {
        await using var me = await Operator.StartAsync(new() { Timeline = new() { Provisioning = TimeSpan.FromSeconds(5) } });
        await using var terminal = await TmuxTerminal.OpenShellAsync(me.Process("New-FargateSession | Enter-FargateShell"), me.StateHome);
        await terminal.ShowsAsync("PROVISIONING");
        await terminal.PressAsync("C-z");
        await terminal.ShowsAsync("^bash>$");
        await terminal.TypeLineAsync("clear; fg");
        await terminal.ShowsAsync("^root@.*[#$]");

        await terminal.TypeLineAsync("echo begun-$((6*7)); sleep 1000");
        await terminal.ShowsAsync("^begun-42");
        await terminal.PressAsync("C-z");
        await terminal.ShowsAsync("Stopped.*sleep 1000");
        // ssh suspends itself, and goes on: PowerShell has no job control.
        await terminal.PressAsync("Enter");
        await terminal.TypeAsync("~");
        await terminal.PressAsync("C-z");
        await terminal.ShowsAsync("suspend ssh");
        await terminal.TypeLineAsync("echo here-$((6*7))");
        await terminal.ShowsAsync("^here-42");
        await terminal.TypeLineAsync("kill -9 %1; exec true");

        await terminal.ShowsAsync("^bash>$");
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Tab_completes_what_the_account_has()
    {
        await using var me = await Operator.StartAsync();
        await using var terminal = await OpenAsync(me);

        await terminal.TypeAsync($"New-FargateSession -Region {me.Fargate.Region} -EndpointUrl {me.Fargate.EndpointUrl} -Clus");
        await terminal.PressAsync("Tab");
        await terminal.TypeAsync($" {me.Fargate.Cluster[..2]}");

        // On a busy machine the answer may be there for a later Tab only, as AccessCompletionTests say.
        await Eventually.BecomesAsync(
            async () =>
            {
                await terminal.PressAsync("Tab");
                return (await terminal.ScreenAsync()).Contains($"-Cluster {me.Fargate.Cluster}", StringComparison.Ordinal);
            },
            terminal.ScreenAsync);
    }

    [Fact]
    public async Task A_profile_and_a_job_of_the_prompt_can_use_the_module()
    {
        await using var me = await Operator.StartAsync();
        await using var terminal = await OpenAsync(me, asProfile: true);

        await terminal.TypeLineAsync("$s = New-FargateSession; Invoke-FargateCommand -Session $s 'echo up-$((6*7))' -AsJob | Receive-Job -Wait; $s | Stop-FargateSession");

        await terminal.ShowsAsync("^up-42$");
        await terminal.ShowsAsync($"{Prompt.TrimEnd()}\\s*$");
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Below_a_command_stands_what_still_runs_and_what_mends_its_error()
    {
        await using var me = await Operator.StartAsync();
        await using var terminal = await OpenAsync(me);

        await terminal.TypeLineAsync("$s = New-FargateSession -MaxLifetime 3600; $s | Enter-FargateShell");
        await terminal.ShowsAsync("^root@.*[#$]$|^[#$]$");
        await terminal.TypeLineAsync("exit");
        var shown = await terminal.ShowsAsync(@"Still running: (fl-\w+) \(rails-cli\) until \d+:\d\d.*\n.*Stop-FargateSession (fl-\w+)$");
        Assert.Equal(shown.Groups[1].Value, shown.Groups[2].Value);
        await terminal.TypeLineAsync("$s | Stop-FargateSession; Enter-FargateShell fl-nobody");
        await terminal.ShowsAsync("The sessions that there are:[^\n]*\n.* Get-FargateSession$");
        me.Fargate.Faults.Add(new LocalFargate.Faults.AccessDenied { Operation = "RunTask" });
        await terminal.TypeLineAsync("clear; New-FargateSession rails-cli -Clust local -Reason 'a b' -Region us-east-1");
        await terminal.ShowsAsync("how to get it:[^\n]*\n.* Test-FargateLogin rails-cli -Cluster local -Region us-east-1$");
        // An error that was advised upon once is not met again by a command that works.
        await terminal.TypeLineAsync("clear; 'all ' + 'well'");
        await terminal.ShowsAsync($"^all well[\\s\\S]*{Prompt.TrimEnd()}\\s*$");
        Assert.DoesNotContain("Test-FargateLogin", await terminal.ScreenAsync(), StringComparison.Ordinal);
    }

    /// <summary>An interactive PowerShell with the module, which a command line or the user's profile has imported.</summary>
    private static async Task<TmuxTerminal> OpenAsync(Operator me, bool asProfile = false)
    {
        var start = me.Process("function prompt { 'ready> ' }; Set-PSReadLineOption -PredictionSource None");
        // pwsh -NoProfile -File FILE
        var file = start.ArgumentList[^1];
        start.ArgumentList.Insert(start.ArgumentList.IndexOf("-File"), "-NoExit");
        start.ArgumentList.Insert(start.ArgumentList.IndexOf("-NoExit"), "-NoLogo");
        start.Environment["HOME"] = me.StateHome;
        start.Environment["XDG_CONFIG_HOME"] = Path.Combine(me.StateHome, ".config");
        if (asProfile)
        {
            var profile = Path.Combine(me.StateHome, ".config", "powershell", "profile.ps1");
            Directory.CreateDirectory(Path.GetDirectoryName(profile)!);
            File.Move(file, profile);
            start.ArgumentList.Remove("-NoProfile");
            start.ArgumentList.Remove("-File");
            start.ArgumentList.Remove(file);
        }

        var terminal = await TmuxTerminal.OpenAsync(start, me.StateHome);
        await terminal.ShowsAsync(Prompt.TrimEnd());
        return terminal;
    }
}
