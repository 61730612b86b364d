using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Model;

/// <summary>Reads the parts of a task's ARN: arn:PARTITION:ecs:REGION:ACCOUNT:task/CLUSTER/ID.</summary>
internal static class TaskArn
{
    /// <summary>The region, or null when the text is no ARN.</summary>
    public static string? RegionOf(string taskArn) =>
        taskArn.Split(':') is ["arn", _, "ecs", { Length: > 0 } region, ..] ? region : null;

    /// <summary>The account, or null when the text is no ARN of ECS.</summary>
    public static string? AccountOf(string arn) =>
        arn.Split(':') is ["arn", _, "ecs", _, { Length: > 0 } account, ..] ? account : null;

    /// <summary>The last part, the id; or the text itself when it is one.</summary>
    public static string IdOf(string taskArn) => taskArn[(taskArn.LastIndexOf('/') + 1)..];

    /// <summary>The cluster's name, or null when the text is no ARN of the long form.</summary>
    public static string? ClusterOf(string taskArn) =>
        taskArn.Split('/') is [var head, { Length: > 0 } cluster, _] && head.EndsWith(":task", StringComparison.Ordinal)
            ? cluster
            : null;
}

/// <summary>
/// Tells whether ECS is asked in the account of a task. An environment's credentials may be for another one by now,
/// where the task is unknown and runs all the same.
/// </summary>
internal static class AskedAccount
{
    /// <summary>Whether the cloud is connected to that account.</summary>
    /// <returns>False also when it cannot be told.</returns>
    public static async Task<bool> IsAsync(
        string account, IFargateCloud cloud, string cluster, CancellationToken cancellationToken)
    {
        try
        {
            var found = await cloud.DescribeClusterAsync(cluster, cancellationToken).ConfigureAwait(false);
            return found is not null && TaskArn.AccountOf(found.Arn) == account;
        }
        catch (FargateException)
        {
            return false;
        }
    }
}
