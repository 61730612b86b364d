using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Sweep;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Listing;

/// <summary>A session with an unreadable entry is listed with a warning, and what is left of it can be removed.</summary>
public sealed class DamagedEntryTests
{
    /// <summary>What is in place of an entry, and what is said of it. Without a text it is a folder.</summary>
    private static readonly (string? Text, string Why)[] Damages =
    [
        (null, "it is a folder"),
        ("", "it is empty"),
        ("{ \"version\": 1, \"sess", "it is damaged"),
        ("{ \"version\": 7 }", "a later version of this module has written it"),
    ];

    private static readonly (string Script, bool IsFound)[] Removals =
    [
        ("Get-FargateSession -Cluster local -WarningAction SilentlyContinue | Stop-FargateSession", true),
        ("Get-FargateSession -Mine -WarningAction SilentlyContinue | Stop-FargateSession -Cluster local", true),
        ("Get-FargateSession -Mine -WarningAction SilentlyContinue | Stop-FargateSession", false),
        ("Stop-FargateSession -SessionId (Get-FargateSession -Mine -WarningAction SilentlyContinue).SessionId", false),
    ];

    [Fact]
    public async Task It_is_listed_with_a_warning_and_its_task_is_stopped_by_its_id()
    {
        await using var me = await Operator.StartAsync();
        await me.RunProcessAsync($"1..{Damages.Length} | ForEach-Object {{ $null = New-FargateSession }}");
        var folders = me.Fargate.Tasks.Select(task => Path.Combine(me.SessionsFolder, task.StartedBy!)).ToArray();
        foreach (var (folder, (text, _)) in folders.Zip(Damages))
        {
            if (text is null)
            {
                FolderDamage.EntryInTheWay(folder);
            }
            else
            {
                await File.WriteAllTextAsync(Path.Combine(folder, "session.json"), text);
            }
        }

        var (_, output, error) = await me.RunApartAsync(
            """
            $PSDefaultParameterValues['*-Fargate*:WarningAction'] = 'SilentlyContinue'
            Get-FargateSession -Mine -WarningVariable warnings | ForEach-Object { "$($_.SessionId) $($_.Status) $($_.Owner)" }
            Get-FargateSession -Cluster local | ForEach-Object { "$($_.SessionId) $($_.Status -ne 'UNKNOWN') $($_.Owner)" }
            $warnings | ForEach-Object { "$_" }
            """);

        var lines = output.TrimEnd().Split('\n');
        var ids = folders.Select(Path.GetFileName).ToArray();
        Assert.Equal("", error);
        Assert.Equal(
            [.. ids.Select(id => $"{id} UNKNOWN Orphaned").Order(), .. ids.Select(id => $"{id} True Orphaned").Order()],
            [.. lines.Take(ids.Length).Order(), .. lines.Skip(ids.Length).Take(ids.Length).Order()]);
        Assert.Equal(ids.Length, lines.Skip(2 * ids.Length).Count());
        foreach (var (folder, (_, why)) in folders.Zip(Damages))
        {
            var id = Path.GetFileName(folder);
            var warning = Assert.Single(lines, line => line.Contains($"'{folder}'", StringComparison.Ordinal));
            Assert.Contains(why, warning, StringComparison.Ordinal);
            Assert.Contains($"Stop-FargateSession -SessionId {id}", warning, StringComparison.Ordinal);

            Assert.Equal(new ProcessResult(0, "", ""), await me.RunApartAsync($"Stop-FargateSession -SessionId {id} -Cluster local"));
            Assert.False(Directory.Exists(folder));
        }

        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task It_stays_listed_until_its_task_is_found_or_its_cluster_is_named()
    {
        var operators = await Task.WhenAll(Removals.Select(_ => Operator.StartAsync()));
        try
        {
            await StartAndLeaveAsync(operators);
            foreach (var (me, (script, isFound)) in operators.Zip(Removals))
            {
                await AssertStopsAsync(me, script, isFound);
            }
        }
        finally
        {
            foreach (var me in operators)
            {
                await me.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task It_is_searched_for_where_other_sessions_are()
    {
        await using var me = await Operator.StartAsync();
        await me.RunProcessAsync("$null = New-FargateSession");
        var id = Damage(me);
        await me.RunApartAsync("$null = New-FargateSession");

        var run = await me.RunApartAsync($"Stop-FargateSession -SessionId {id}; Get-FargateSession -Mine | Stop-FargateSession");

        Assert.Equal(new ProcessResult(0, "", ""), run);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task It_is_deleted_with_a_warning_where_the_cluster_that_was_named_has_no_task_of_it()
    {
        await using var me = await Operator.StartAsync();
        await me.RunProcessAsync("$null = New-FargateSession");
        var id = Damage(me);
        await me.RunApartAsync(
            "Stop-FargateSession -TaskArn (Get-FargateSession -Cluster local -WarningAction SilentlyContinue).TaskArn");

        var (_, output, error) = await me.RunApartAsync(
            $"Stop-FargateSession -SessionId {id} -Cluster local -WarningVariable warnings -WarningAction SilentlyContinue; \"$warnings\"");

        Assert.Equal("", error);
        Assert.Contains($"No task of session {id} was found", output, StringComparison.Ordinal);
        await me.LeftNothingAsync();
    }

    private static async Task AssertStopsAsync(Operator me, string script, bool isFound)
    {
        var id = Damage(me);

        var run = await me.RunApartAsync(script);
        var stopped = me.Calls("StopTask").Count;
        var again = isFound ? "" : (await me.RunApartAsync($"Stop-FargateSession -SessionId {id} -Cluster local")).Error;

        Assert.Equal((script, !isFound), (script, run.Error.Contains($"No task of session {id} was found", StringComparison.Ordinal)));
        Assert.Equal((script, isFound ? 1 : 0), (script, stopped));
        Assert.Equal("", again);
        await me.LeftNothingAsync();
    }

    /// <summary>Starts a session of each operator, in one process, which ends.</summary>
    private static async Task StartAndLeaveAsync(IEnumerable<Operator> operators)
    {
        await using var process = StandingPowerShell.Start();
        foreach (var me in operators)
        {
            Assert.Equal(new ProcessResult(0, "", ""), await process.RunAsync(me.Process("$null = New-FargateSession")));
        }
    }

    /// <summary>Empties the entry of the one session.</summary>
    /// <returns>The session's id.</returns>
    private static string Damage(Operator me)
    {
        var entry = Assert.Single(me.SessionFiles(), file => Path.GetFileName(file) == "session.json");
        File.WriteAllText(entry, "");
        return Path.GetFileName(Path.GetDirectoryName(entry)!);
    }
}
