using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Model;

/// <summary>
/// Tells whether ECS is asked in the account of a task. An environment's credentials may be for another one by now,
/// where the task is unknown and runs all the same.
/// </summary>
internal static class AskedAccount
{
    /// <summary>Whether the account that is asked is that one.</summary>
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
