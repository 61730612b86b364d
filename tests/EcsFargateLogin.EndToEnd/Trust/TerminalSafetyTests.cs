using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Engine;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.Trust;

/// <summary>Words of AWS's and names of the container's that would command a terminal, wherever they are shown.</summary>
public sealed class TerminalSafetyTests
{
    private const string Danger = "\u001b[31mred\u001b]0;title\u0007\u009b2J\u007f\r\u202egnp.exe\u2028";

    /// <summary>Everything that a script's errors and warnings show, as text without PowerShell's own colours.</summary>
    private const string Show = """
        $PSStyle.OutputRendering = 'PlainText'
        $ErrorView = 'ConciseView'
        function Show-All { $Error | Out-String; $Error | ForEach-Object { $_ | Format-List * -Force | Out-String; Get-Error -InputObject $_ | Out-String } }

        """;

    [Theory]
    [InlineData("task")]
    [InlineData("container")]
    [InlineData("RunTask")]
    public async Task AWS_s_words_command_no_terminal(string where)
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add<Fault>(where switch
        {
            "task" => new TaskStopsEarly { StoppedReason = $"because {Danger}" },
            "container" => new TaskStopsEarly { StoppedReason = "", ContainerReason = $"because {Danger}" },
            _ => new LaunchFails { Reason = $"because {Danger}", Detail = $"because {Danger}" },
        });

        var run = me.Run($"{Show}New-FargateSession -Wait -RetryCount 0 -Verbose 4>&1 3>&1 2>$null; Show-All");

        var shown = string.Join('\n', run.Output);
        Assert.Contains("because  [31mred", shown, StringComparison.Ordinal);
        AssertHarmless(shown);
    }

    [Fact]
    public async Task Names_of_files_in_the_container_command_no_terminal()
    {
        using TemporaryFolder folder = new();
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            $$"""
            {{Show}}
            $session = New-FargateSession
            Invoke-FargateCommand -Session $session -KeepSession -Command @'
            mkdir /tmp/d && cd /tmp/d && n=$(printf 'a\033[31mb\007\342\200\256c') && touch "$n" && mkfifo "p$n" && mkdir "x$n" && touch "x$n/$n"
            '@
            $to = '{{folder.Path}}'
            $items = $session | Copy-FargateItem /tmp/d $to -FromSession -Recurse -PassThru -KeepSession -Verbose 4>&1 3>&1
            $items | Out-String
            $items | Format-List | Out-String
            Set-Content -LiteralPath "$to/file" x
            $name = "/tmp/d/x" + ($items.Source | Select-Object -Last 1 | Split-Path -Leaf) + '/none'
            $session | Copy-FargateItem "$to/file" -Destination $name -ErrorAction SilentlyContinue
            Show-All
            $session | Stop-FargateSession
            """);

        var shown = string.Join('\n', run.Output);
        Assert.Contains("is left out", shown, StringComparison.Ordinal);
        // In the table, the list, what was left out, and the error.
        Assert.True(shown.Split("a [31mb").Length > 4, shown);
        AssertHarmless(shown);
        await me.HasLeftNothingAsync();
    }

    private static void AssertHarmless(string shown) => Assert.All(
        shown,
        character => Assert.False(
            (char.IsControl(character) && character is not ('\n' or '\r' or '\t')) || character is '\u202e' or '\u2028' or '\u2029',
            $"U+{(int)character:X4} is shown in: {shown.ReplaceLineEndings(" ")}"));
}
