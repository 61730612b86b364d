using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Doctor;

/// <summary>The cluster.</summary>
internal sealed class ClusterCheck : ICheckGroup
{
    private const string Check = "cluster";

    /// <inheritdoc/>
    public string Name => Check;

    /// <inheritdoc/>
    public async Task RunAsync(Examination examination, CancellationToken cancellationToken)
    {
        var name = examination.Request.Cluster;
        var answered = await examination
            .AskAsync(Check, "ecs:DescribeClusters", async () => new Answer(
                await examination.Cloud.DescribeClusterAsync(name, cancellationToken).ConfigureAwait(false)))
            .ConfigureAwait(false);
        examination.ClusterArn = answered?.Cluster?.Arn;
        await (answered switch
        {
            null => Task.CompletedTask,
            { Cluster: { } cluster } => examination.PassAsync(Check, $"{cluster.Name} is {cluster.Status}"),
            _ => examination.FailAsync(
                Check,
                $"'{name}' was not found in this account and region, or is not active",
                "Check -Cluster and -Region; 'aws ecs list-clusters' or Get-ECSClusterList lists those there are."),
        }).ConfigureAwait(false);
    }

    /// <summary>Tells a cluster that is not there from one that could not be asked for.</summary>
    private sealed record Answer(ClusterDescription? Cluster);
}
