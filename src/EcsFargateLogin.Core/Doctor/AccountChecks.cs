using System.Globalization;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Doctor;

/// <summary>Checks the identity and lifetime of the credentials, the region, and this machine's clock.</summary>
internal sealed class AccountChecks : ICheckGroup
{
    private const string Credentials = "credentials";

    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(10);

    /// <summary>The skew that AWS tolerates; beyond it, the first request fails before the SDK corrects for it.</summary>
    private static readonly TimeSpan ToleratedSkew = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan CommonSkew = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public string Name => "account";

    /// <inheritdoc/>
    public async Task RunAsync(Examination examination, CancellationToken cancellationToken)
    {
        var caller = await GetCallerAsync(examination, cancellationToken);
        if (caller is not null)
        {
            examination.Caller = caller;
            await CheckEndAsync(examination, caller);
        }

        var connection = examination.Cloud.Connection;
        await examination.PassAsync("region", $"{connection.Region} (from {connection.RegionSource}), {connection.EcsEndpoint}");
        await CheckClockAsync(examination, caller?.ClockSkew);
    }

    private static async Task<CallerIdentity?> GetCallerAsync(Examination examination, CancellationToken cancellationToken)
    {
        try
        {
            return await examination.Cloud.Survey.GetCallerAsync(cancellationToken);
        }
        catch (FargateException e) when (e.Error is FargateError.NoCredentials or FargateError.CredentialsExpired)
        {
            await examination.FailAsync(Credentials, e);
        }
        catch (FargateException e)
        {
            await examination
                .SkipAsync(Credentials, $"the caller could not be determined: {Examination.Finding(e)}", e.NextStep);
        }

        return null;
    }

    private static Task CheckEndAsync(Examination examination, CallerIdentity caller)
    {
        var who = $"{caller.Arn} (from {examination.Cloud.Connection.CredentialSource})";
        return examination.Cloud.CredentialsEnd is not { } end
            ? examination.PassAsync(Credentials, $"{who}; no end is known")
            : end - DateTimeOffset.UtcNow < Soon
                ? examination.WarnAsync(Credentials, $"{who}; they end at {Time(end)}", "Log in again before a longer session.")
                : examination.PassAsync(Credentials, $"{who}; they end at {Time(end)}");
    }

    private static Task CheckClockAsync(Examination examination, TimeSpan? skew)
    {
        const string Check = "clock";
        const string Fix = "Set this machine's clock by NTP.";
        if (skew is not { } by)
        {
            return examination.SkipAsync(Check, "AWS's time is not known");
        }

        var side = by > TimeSpan.Zero ? "behind" : "ahead of";
        var detail = FormattableString.Invariant($"{Math.Abs(by.TotalSeconds):0} s {side} AWS's");
        return by.Duration() < CommonSkew ? examination.PassAsync(Check, "within a minute of AWS's")
            : by.Duration() < ToleratedSkew ? examination.WarnAsync(Check, detail, Fix)
            : examination.FailAsync(Check, detail, Fix);
    }

    private static string Time(DateTimeOffset time) =>
        time.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}

/// <summary>Checks the cluster.</summary>
internal sealed class ClusterCheck : ICheckGroup
{
    private const string Check = "cluster";

    /// <inheritdoc/>
    public string Name => Check;

    /// <inheritdoc/>
    public async Task RunAsync(Examination examination, CancellationToken cancellationToken)
    {
        var name = examination.Request.Cluster;
        var reply = await examination.QueryAsync(Check, "ecs:DescribeClusters", async () => new Reply(
            await examination.Cloud.DescribeClusterAsync(name, cancellationToken)));
        examination.ClusterArn = reply?.Cluster?.Arn;
        await (reply switch
        {
            null => Task.CompletedTask,
            { Cluster: { } cluster } => examination.PassAsync(Check, $"{cluster.Name} is {cluster.Status}"),
            _ => examination.FailAsync(
                Check,
                $"'{name}' was not found in this account and region, or is not active",
                "Check -Cluster and -Region; 'aws ecs list-clusters' or Get-ECSClusterList lists those there are."),
        });
    }

    /// <summary>Distinguishes a missing cluster from a failed query.</summary>
    private sealed record Reply(ClusterDescription? Cluster);
}
