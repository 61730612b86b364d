using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Engine;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Listing;

/// <summary>A journal that cannot be written: no task is left that is not remembered.</summary>
public sealed class FullDiskTests
{
    /// <summary>The number of pages of 4 KiB that are enough for a whole session.</summary>
    private const int Pages = 16;

    [Fact]
    public async Task With_a_file_in_the_way_no_task_is_started()
    {
        await using var me = await Operator.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(me.StateHome, "EcsFargateLogin"), "");

        var run = await me.RunApartAsync("try { New-FargateSession -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }");

        Assert.StartsWith("JournalUnavailable,", run.Output, StringComparison.Ordinal);
        Assert.Empty(me.Calls("RunTask"));
    }

    [RootFact]
    public async Task On_a_read_only_disk_no_task_is_started()
    {
        await using var me = await Operator.StartAsync();

        var run = await RunOnTmpfsAsync(me, "ro", "try { New-FargateSession -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }");

        Assert.StartsWith("JournalUnavailable,", run.Output, StringComparison.Ordinal);
        Assert.Empty(me.Calls("RunTask"));
    }

    [RootFact]
    public async Task However_full_the_disk_is_no_task_and_no_key_are_left()
    {
        await using var me = await Operator.StartAsync();

        var run = await RunOnTmpfsAsync(
            me,
            $"size={Pages * 4}k",
            $$"""
            foreach ($free in 0..{{Pages - 8}}) {
                [IO.File]::WriteAllBytes("$env:XDG_STATE_HOME/fill", [byte[]]::new(({{Pages}} - $free) * 4096))
                try { New-FargateSession -ErrorAction Stop | Stop-FargateSession -ErrorAction Stop; $outcome = 'started' }
                catch { $outcome = "$($_.FullyQualifiedErrorId)".Split(',')[0] }
                "$outcome $(@(Get-ChildItem "$env:XDG_STATE_HOME/EcsFargateLogin/sessions" -ErrorAction Ignore).Count)"
            }
            """);

        var outcomes = run.Output.TrimEnd().Split('\n');
        // The lock that tells the owner of a session takes no room: the first thing that does is the key.
        Assert.Equal("KeyGenerationFailed 0", outcomes[0]);
        Assert.Contains("JournalUnavailable 0", outcomes);
        Assert.Equal("started 0", outcomes[^1]);
        Assert.All(outcomes, outcome => Assert.Contains(
            outcome, (string[])["JournalUnavailable 0", "KeyGenerationFailed 0", "started 0"]));
        Assert.True(me.Calls("RunTask").Count <= outcomes.Count(outcome => outcome == "started 0") + 1, run.Output);
        await me.LeftNothingAsync();
    }

    /// <summary>Runs a script with its journal on a file system of its own.</summary>
    private static Task<ProcessResult> RunOnTmpfsAsync(Operator me, string options, string script)
    {
        var disk = Directory.CreateDirectory(Path.Combine(me.StateHome, "disk")).FullName;
        var inner = me.Process(script);
        inner.Environment["XDG_STATE_HOME"] = disk;
        return EngineProcess.RunAsync(SmallDisk.Mount(inner, disk, options));
    }
}
