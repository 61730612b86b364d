using Xunit.Abstractions;

namespace EcsFargateLogin.EndToEnd.Chaos;

/// <summary>Whatever happens in whatever order, nothing is lost, nobody gets in, and every failure has its name.</summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    private static readonly int[] Seeds = [1, 2, 3];

    [Fact]
    public async Task The_invariants_hold_after_random_schedules()
    {
        var found = await ChaosRun.SchedulesAsync(Seeds, lanes: Seeds.Length, output.WriteLine, CancellationToken.None);

        Assert.Equal(Seeds.Length, found.Runs);
        Assert.NotEqual(0, found.FaultsMet);
        Assert.Empty(found.Violations);
    }
}
