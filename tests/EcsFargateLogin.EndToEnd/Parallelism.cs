using EcsFargateLogin.EndToEnd.Ends;
using EcsFargateLogin.EndToEnd.Open;
using EcsFargateLogin.EndToEnd.Packaging;
using EcsFargateLogin.EndToEnd.Sweep;
using EcsFargateLogin.EndToEnd.Transfers;
using Xunit.Abstractions;

// These tests wait for other processes far more than they compute: eight at a time suit two cores.
[assembly: CollectionBehavior(MaxParallelThreads = 8)]
[assembly: TestCollectionOrderer("EcsFargateLogin.EndToEnd.LongestFirst", "EcsFargateLogin.EndToEnd")]

namespace EcsFargateLogin.EndToEnd;

/// <summary>Starts the classes that take longest first, so that none of them runs alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly Type[] s_longest =
    [
        typeof(SessionEndTests), typeof(FaultSweepTests), typeof(OtherFaultSweepTests), typeof(CopyInterruptionTests),
        typeof(CopyFailureTests), typeof(DeterministicBuildTests), typeof(ReconnectTests),
    ];

    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderByDescending(collection => Array.Exists(
            s_longest, type => collection.DisplayName.EndsWith($" {type.FullName}", StringComparison.Ordinal)));
}
