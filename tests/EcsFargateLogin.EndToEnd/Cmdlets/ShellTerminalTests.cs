using System.Text.RegularExpressions;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>Enter-FargateShell in a terminal, as a person uses it.</summary>
public sealed class ShellTerminalTests
{
    private const string LogIn = "New-FargateSession | Enter-FargateShell; exit $LASTEXITCODE";

    [Fact]
    public async Task The_remote_shell_has_the_terminal_once_progress_is_gone_and_gives_it_back_as_it_was()
    {
        await using var me = await Operator.StartAsync();
        await using var terminal = TerminalRun.UnderTerminal(me.Process(
            """
            stty rows 33 cols 101
            $before = stty -g
            New-FargateSession | Enter-FargateShell
            $code = $LASTEXITCODE
            "code: $code, terminal as before: $((stty -g) -eq $before), $(stty size)"
            exit $code
            """));
        await terminal.ShowsPromptAsync();

        await terminal.TypeAsync("PS1=; echo up-$((6*7)); echo size: $(stty size) on $(tty) as $TERM; exit 9\n");

        Assert.Equal(9, await terminal.EndAsync());
        var task = Assert.Single(me.Fargate.Tasks);
        var beforeShell = terminal.Screen[..terminal.Screen.IndexOf("up-42", StringComparison.Ordinal)];
        var lastProgress = beforeShell.LastIndexOf("since RunTask", StringComparison.Ordinal);
        Assert.Matches($"Fargate session {task.StartedBy}", beforeShell);
        Assert.Matches(@"\r +\r|\x1b\[[0-9;]*[JKX]|\x1b\[1;1H +\x1b\[1;1H", beforeShell[lastProgress..]);
        Assert.DoesNotContain("since RunTask", terminal.Screen[beforeShell.Length..], StringComparison.Ordinal);
        Assert.Matches(@"size: 33 101 on /dev/pts/\d+ as ", terminal.Screen);
        Assert.Contains("code: 9, terminal as before: True, 33 101", terminal.Screen, StringComparison.Ordinal);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Ctrl_C_in_the_shell_is_the_remote_programs()
    {
        await using var me = await Operator.StartAsync();
        await using var terminal = TerminalRun.UnderTerminal(me.Process(LogIn));
        await terminal.ShowsPromptAsync();
        await terminal.TypeAsync("PS1=; echo up-$((6*7)); sleep 600; echo slept\n");
        await terminal.ShowsAsync("up-42");

        await terminal.TypeAsync("\u0003");

        await terminal.TypeAsync("echo alive-$((6*7))\n");
        await terminal.ShowsAsync("alive-42");
        Assert.Empty(me.Calls("StopTask"));
        await terminal.TypeAsync("exit 5\n");
        Assert.Equal(5, await terminal.EndAsync());
        Assert.DoesNotMatch(new Regex("^slept", RegexOptions.Multiline), terminal.Screen);
        await me.LeftNothingAsync();
    }
}
