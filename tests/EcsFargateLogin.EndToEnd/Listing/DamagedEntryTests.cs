using EcsFargateLogin.EndToEnd.Cmdlets;

namespace EcsFargateLogin.EndToEnd.Listing;

/// <summary>A session whose entry cannot be read is listed with a warning, and what is left of it can be removed.</summary>
public sealed class DamagedEntryTests
{
    public static TheoryData<string, string> Damages => new()
    {
        { "", "it is empty" },
        { "{ \"version\": 1, \"sess", "it is damaged" },
        { "{ \"version\": 7 }", "a later version of this module has written it" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task It_is_listed_with_a_warning_and_its_task_is_stopped_by_its_mark(string text, string why)
    {
        await using var me = await Operator.StartAsync();
        await me.RunProcessAsync("$null = New-FargateSession");
        var (id, folder) = Damage(me, text);

        var list = await me.RunProcessAsync(
            """
            $PSDefaultParameterValues['*-Fargate*:WarningAction'] = 'SilentlyContinue'
            Get-FargateSession -Mine -WarningVariable warnings | ForEach-Object { "$($_.SessionId) $($_.Status) $($_.Owner)" }
            Get-FargateSession -Cluster local | ForEach-Object { "$($_.SessionId) $($_.Status -ne 'UNKNOWN') $($_.Owner)" }
            "$warnings"
            """);

        Assert.Equal("", list.Error);
        Assert.StartsWith($"{id} UNKNOWN Orphaned\n{id} True Orphaned\n", list.Output, StringComparison.Ordinal);
        Assert.Contains($"'{folder}'", list.Output, StringComparison.Ordinal);
        Assert.Contains(why, list.Output, StringComparison.Ordinal);
        Assert.Contains($"Stop-FargateSession -SessionId {id}", list.Output, StringComparison.Ordinal);

        var stop = await me.RunProcessAsync($"Stop-FargateSession -SessionId {id} -Cluster local");

        Assert.Equal(("", ""), (stop.Output, stop.Error));
        await me.LeftNothingAsync();
    }

    [Theory]
    [InlineData("Get-FargateSession -Cluster local -WarningAction SilentlyContinue | Stop-FargateSession", true)]
    [InlineData("Get-FargateSession -Mine -WarningAction SilentlyContinue | Stop-FargateSession -Cluster local", true)]
    [InlineData("Get-FargateSession -Mine -WarningAction SilentlyContinue | Stop-FargateSession", false)]
    [InlineData("Stop-FargateSession -SessionId (Get-FargateSession -Mine -WarningAction SilentlyContinue).SessionId", false)]
    public async Task What_is_left_is_deleted_and_where_the_task_is_not_found_that_is_said(string script, bool isFound)
    {
        await using var me = await Operator.StartAsync();
        await me.RunProcessAsync("$null = New-FargateSession");
        var (id, _) = Damage(me, "");

        var run = await me.RunProcessAsync($"{script} -WarningVariable warnings -WarningAction SilentlyContinue; \"$warnings\"");

        Assert.Equal("", run.Error);
        Assert.Equal(!isFound, run.Output.Contains($"No task of session {id} was found", StringComparison.Ordinal));
        Assert.Equal(isFound ? 1 : 0, me.Calls("StopTask").Count);
        Assert.Empty(me.SessionFiles());
    }

    [Fact]
    public async Task It_is_looked_for_where_other_sessions_are()
    {
        await using var me = await Operator.StartAsync();
        await me.RunProcessAsync("$null = New-FargateSession");
        var (id, _) = Damage(me, "");
        await me.RunProcessAsync("$null = New-FargateSession");

        var run = await me.RunProcessAsync($"Stop-FargateSession -SessionId {id}; Get-FargateSession -Mine | Stop-FargateSession");

        Assert.Equal(("", ""), (run.Output, run.Error));
        await me.LeftNothingAsync();
    }

    private static (string Id, string Folder) Damage(Operator me, string text)
    {
        var entry = Assert.Single(me.SessionFiles(), file => Path.GetFileName(file) == "session.json");
        File.WriteAllText(entry, text);
        var folder = Path.GetDirectoryName(entry)!;
        return (Path.GetFileName(folder), folder);
    }
}
