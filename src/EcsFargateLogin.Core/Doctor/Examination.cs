using System.Text.Json.Nodes;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Doctor;

/// <summary>One run of the doctor: what is asked, what was found, and where rows go.</summary>
/// <param name="request">The session that is to work.</param>
/// <param name="cloud">The account.</param>
/// <param name="show">Shows a row.</param>
internal sealed class Examination(DoctorRequest request, IFargateCloud cloud, Func<FargateLoginCheck, Task> show)
{
    private readonly Dictionary<string, FargateException?> _actions = [];

    public DoctorRequest Request => request;

    public IFargateCloud Cloud => cloud;

    /// <summary>Whose the credentials are, once known.</summary>
    public CallerIdentity? Caller { get; set; }

    /// <summary>The cluster, once found.</summary>
    public string? ClusterArn { get; set; }

    /// <summary>The task definition and its container, once found.</summary>
    public JsonObject? Definition { get; set; }

    public JsonObject? Container { get; set; }

    /// <summary>The VPC of the subnets, once found.</summary>
    public string? VpcId { get; set; }

    /// <summary>What AWS has said to each action that was tried: null where it was allowed.</summary>
    public IReadOnlyDictionary<string, FargateException?> Actions => _actions;

    public Task PassAsync(string check, string detail) => show(new(check, FargateCheckResult.Passed, detail));

    public Task WarnAsync(string check, string detail, string fix) => show(new(check, FargateCheckResult.Warning, detail, fix));

    public Task FailAsync(string check, string detail, string fix) => show(new(check, FargateCheckResult.Failed, detail, fix));

    public Task SkipAsync(string check, string detail, string fix = "") =>
        show(new(check, FargateCheckResult.NotChecked, detail, fix));

    public Task FailAsync(string check, FargateException error) => FailAsync(check, Finding(error), error.NextStep);

    /// <summary>Asks AWS for what a check looks at. Where it does not say, that is the check's row.</summary>
    /// <returns>Null where it did not say.</returns>
    public async Task<T?> AskAsync<T>(string check, string action, Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return await TryAsync(action, ask);
        }
        catch (FargateException e) when (e.Error is FargateError.TaskDefinitionNotFound or FargateError.ClusterNotFound)
        {
            await FailAsync(check, e);
        }
        catch (FargateException e)
        {
            await SkipAsync(check, $"could not be looked at: {Finding(e)}", FixOf(action, e));
        }

        return null;
    }

    /// <summary>Calls AWS, and notes whether that was allowed: whoever is told that something does not exist is.</summary>
    public async Task<T> TryAsync<T>(string action, Func<Task<T>> call)
    {
        try
        {
            var answer = await call();
            _actions[action] = null;
            return answer;
        }
        catch (FargateException e)
        {
            _actions[action] = SaysNothingOfAllowance(e) ? e : null;
            throw;
        }
    }

    /// <summary>What an error has found, without its next step.</summary>
    public static string Finding(FargateException error) => error.Message.EndsWith(error.NextStep, StringComparison.Ordinal)
        ? error.Message[..^error.NextStep.Length].TrimEnd()
        : error.Message;

    private static bool SaysNothingOfAllowance(FargateException error) => error.Error is FargateError.AccessDenied
        or FargateError.EndpointUnreachable or FargateError.Throttled or FargateError.ServiceFailed
        or FargateError.CredentialsExpired or FargateError.NoCredentials;

    private static string FixOf(string action, FargateException error) =>
        error.Error == FargateError.AccessDenied && DoctorPolicy.Contains(action)
            ? $"Add {action} to the policy of this user or role: module/container/iam/doctor-policy.json."
            : error.NextStep;

    /// <summary>What sessions themselves do not need.</summary>
    private static readonly string[] DoctorPolicy =
        ["ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups"];
}
