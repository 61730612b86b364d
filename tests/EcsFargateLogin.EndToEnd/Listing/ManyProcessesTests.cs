using EcsFargateLogin.EndToEnd.Cmdlets;

namespace EcsFargateLogin.EndToEnd.Listing;

/// <summary>One journal, used by many PowerShells at once.</summary>
public sealed class ManyProcessesTests
{
    // Steps meet in pairs, and on few cores more rounds let more of them meet than more processes do, which mostly start up.
    private const int Processes = 4;
    private const int Rounds = 4;

    [Fact]
    public async Task Four_processes_start_list_and_stop_at_once()
    {
        await using var me = await Operator.StartAsync();

        var runs = await Task.WhenAll(Enumerable.Range(0, Processes).Select(_ => me.RunApartAsync(
            $$"""
            1..{{Rounds}} | ForEach-Object {
                $session = New-FargateSession
                $seen = @(Get-FargateSession)
                "$($seen.SessionId -contains $session.SessionId) $(@($seen | Where-Object Owner -eq 'Orphaned').Count)"
                Get-FargateSession $session.SessionId -Mine | Stop-FargateSession
            }
            """)));

        var expected = string.Concat(Enumerable.Repeat("True 0\n", Rounds));
        Assert.All(runs, run => Assert.Equal((expected, ""), (run.Output, run.Error)));
        Assert.Equal(Processes * Rounds, me.Fargate.Tasks.Count);
        await me.LeftNothingAsync();
    }
}
