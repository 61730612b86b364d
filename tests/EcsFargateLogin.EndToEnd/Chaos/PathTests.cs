using Xunit.Abstractions;

namespace EcsFargateLogin.EndToEnd.Chaos;

/// <summary>Whatever happens in the path to a task, nothing is lost, and every failure has its name.</summary>
public sealed class PathTests(ITestOutputHelper output)
{
    private const int Seed = 1;
    private const int Count = 20;

    [Fact]
    public async Task The_invariants_hold_whatever_happens_to_a_byte_or_a_message()
    {
        var found = await ChaosRun.PathAsync(PathPoint.From(Seed, Count), lanes: 4, output.WriteLine, CancellationToken.None);

        Assert.Equal(Count, found.Runs);
        Assert.NotEqual(0, found.FaultsMet);
        Assert.Empty(found.Violations);
    }
}
