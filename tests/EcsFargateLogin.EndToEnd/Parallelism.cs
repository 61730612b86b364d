using EcsFargateLogin.EndToEnd.Chaos;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Commands;
using EcsFargateLogin.EndToEnd.Container;
using EcsFargateLogin.EndToEnd.Ends;
using EcsFargateLogin.EndToEnd.Listing;
using EcsFargateLogin.EndToEnd.Many;
using EcsFargateLogin.EndToEnd.Open;
using EcsFargateLogin.EndToEnd.Sweep;
using EcsFargateLogin.EndToEnd.Transfers;
using EcsFargateLogin.EndToEnd.Trust;
using Xunit.Abstractions;

// Four keep two cores busy beside the other tests; with ten, sixty threads wait for them at once, and no run is shorter.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
[assembly: TestCollectionOrderer("EcsFargateLogin.EndToEnd.LongestFirst", "EcsFargateLogin.EndToEnd")]

namespace EcsFargateLogin.EndToEnd;

/// <summary>Starts the classes that take longest first, so that none of them runs alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly Type[] s_longest =
    [
        typeof(ChaosTests), typeof(PathTests),
        typeof(SessionEndTests), typeof(LostTarCopyTests), typeof(FaultSweepTests), typeof(OtherFaultSweepTests), typeof(CopyInterruptionTests),
        typeof(CopyFailureTests), typeof(ReconnectTests), typeof(ContainerLoginTests), typeof(ContainerStopTests),
        typeof(ContainerKeepTests), typeof(ServerLimitTests), typeof(UnreachableTaskTests), typeof(NativeConventionTests),
        typeof(CutOffCommandTests), typeof(KilledProcessTests), typeof(WaitSessionTests), typeof(HostKeyTests),
    ];

    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderByDescending(collection => Array.Exists(
            s_longest, type => collection.DisplayName.EndsWith($" {type.FullName}", StringComparison.Ordinal)));
}
