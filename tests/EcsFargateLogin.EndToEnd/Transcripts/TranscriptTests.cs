using System.Diagnostics;
using System.Management.Automation;
using System.Text.Json;
using System.Text.RegularExpressions;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Engine;

namespace EcsFargateLogin.EndToEnd.Transcripts;

/// <summary>Enter-FargateShell -TranscriptPath.</summary>
public sealed class TranscriptTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task What_the_terminal_shows_is_recorded_with_who_and_why_and_typed_passwords_are_not(int version)
    {
        var started = DateTimeOffset.UtcNow;
        using TemporaryFolder folder = new();
        var file = Path.Combine(folder.Path, "shell.cast");
        await using var me = await Operator.StartAsync();
        await using var terminal = TerminalRun.UnderTerminal(me.Process(
            $$"""
            stty rows 33 cols 101
            $before = stty -g
            New-FargateSession -Reason 'INC-1: check' | Enter-FargateShell -TranscriptPath '{{file}}' -TranscriptVersion {{version}}
            "code: $LASTEXITCODE, terminal as before: $((stty -g) -eq $before)"
            """));
        await terminal.ShowsPromptAsync();

        await terminal.TypeAsync("PS1=; stty -echo; echo size: $(stty size)\n");
        await terminal.ShowsAsync("size: 33 101");
        await terminal.TypeAsync("read -r word; echo read $((${#word}+0)) characters\nsecret-word\n");
        await terminal.ShowsAsync("read 11 characters");
        // The second byte of a character comes a moment after the first.
        await terminal.TypeAsync("printf 'gr\\303'; sleep 0.3; printf '\\274n\\377.'; exit 9\n");

        Assert.Equal(0, await terminal.EndAsync());
        Assert.Contains("code: 9, terminal as before: True", terminal.Screen, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var lines = (await File.ReadAllLinesAsync(file)).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var task = Assert.Single(me.Fargate.Tasks);
        Assert.Equal(version, lines[0].GetProperty("version").GetInt32());
        Assert.Equal((101, 33), SizeIn(lines[0]));
        Assert.EndsWith($"by {Environment.UserName}@{Environment.MachineName}: INC-1: check", lines[0].GetProperty("title").GetString(), StringComparison.Ordinal);
        Assert.Equal(task.Arn, lines[0].GetProperty("ecs-fargate-login").GetProperty("task").GetString());
        var times = lines.Skip(1).Select(line => line[0].GetDouble()).ToList();
        var length = version == 2 ? times[^1] : times.Sum();
        Assert.True(version == 2 ? times.SequenceEqual(times.Order()) : times.All(time => time >= 0), string.Join(' ', times));
        // The pause that was typed, and less than the whole test.
        Assert.InRange(length, 0.3, (DateTimeOffset.UtcNow - started).TotalSeconds);
        Assert.Equal(version == 2 ? [] : ["9"], lines.Skip(1).Where(line => line[1].GetString() == "x").Select(line => line[2].GetString()));
        var shown = string.Concat(lines.Skip(1).Where(line => line[1].GetString() == "o").Select(line => line[2].GetString()));
        Assert.Contains("size: 33 101", shown, StringComparison.Ordinal);
        Assert.Contains("grün\uFFFD.", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-word", shown, StringComparison.Ordinal);
        Assert.Empty(me.SessionFiles());
    }

    [Fact]
    public async Task A_change_of_the_terminals_size_is_recorded()
    {
        using TemporaryFolder folder = new();
        await using var me = await Operator.StartAsync();
        await using var terminal = TerminalRun.UnderTerminal(me.Process(
            $"stty rows 33 cols 101; tty; New-FargateSession | Enter-FargateShell -TranscriptPath '{folder.Path}'; exit $LASTEXITCODE"));
        await terminal.ShowsPromptAsync();
        await terminal.TypeAsync("PS1=; echo up-$((6*7))\n");
        await terminal.ShowsAsync("up-42");

        var device = Regex.Match(terminal.Screen, "/dev/pts/[0-9]+").Value;
        using var stty = Process.Start("stty", ["-F", device, "cols", "77"]);
        await stty.WaitForExitAsync();
        await Eventually.BecomesAsync(
            () => Directory.GetFiles(folder.Path, "fl-*.cast") is [var file] && File.ReadAllText(file).Contains("\"r\", \"77x", StringComparison.Ordinal),
            () => terminal.Screen);
        await terminal.TypeAsync("exit 3\n");

        Assert.Equal(3, await terminal.EndAsync());
    }

    [Fact]
    public async Task A_file_that_is_there_already_is_left_alone_and_the_session_is_stopped()
    {
        using TemporaryFolder folder = new();
        var file = folder.Write("old.cast", "old");
        await using var me = await Operator.StartAsync();

        var run = await me.FailingProcessAsync($"New-FargateSession | Enter-FargateShell -TranscriptPath '{file}'");

        Assert.Single(run.Errors).Is("TranscriptUnavailable", ErrorCategory.WriteError, file);
        Assert.Equal("old", await File.ReadAllTextAsync(file));
        await me.LeftNothingAsync();
    }

    private static (int Columns, int Rows) SizeIn(JsonElement header) => header.TryGetProperty("term", out var term)
        ? (term.GetProperty("cols").GetInt32(), term.GetProperty("rows").GetInt32())
        : (header.GetProperty("width").GetInt32(), header.GetProperty("height").GetInt32());
}
