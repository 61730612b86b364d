using System.Text.Json.Nodes;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Doctor;

/// <summary>One run of the doctor: its request, its findings so far, and its output.</summary>
/// <param name="request">The session to check.</param>
/// <param name="cloud">The account.</param>
/// <param name="show">Outputs a row.</param>
internal sealed class Examination(DoctorRequest request, IFargateCloud cloud, Func<FargateLoginCheck, Task> show)
{
    private readonly Dictionary<string, FargateException?> _actions = [];
    private readonly Dictionary<FargateRoute, string> _obstacles = [];

    public DoctorRequest Request => request;

    public IFargateCloud Cloud => cloud;

    /// <summary>The identity of the credentials, once known.</summary>
    public CallerIdentity? Caller { get; set; }

    /// <summary>The cluster, once found.</summary>
    public string? ClusterArn { get; set; }

    /// <summary>The task definition and its container, once found.</summary>
    public JsonObject? Definition { get; set; }

    public JsonObject? Container { get; set; }

    /// <summary>The VPC of the subnets, once found.</summary>
    public string? VpcId { get; set; }

    /// <summary>The security groups and their rules; null if they are not known.</summary>
    public IReadOnlyList<SecurityGroupIngress>? SecurityGroups { get; set; }

    /// <summary>The subnets that exist.</summary>
    public IReadOnlyList<SubnetDescription> Subnets { get; set; } = [];

    /// <summary>Whether a subnet's route out leads to a NAT gateway, and its route table has no gateway endpoint.</summary>
    public bool PullsByNat { get; set; }

    /// <summary>The EC2 Instance Connect Endpoint that a session would use, once found.</summary>
    public InstanceConnectEndpoint? Endpoint { get; set; }

    /// <summary>The first obstacle of each route that has one.</summary>
    public IReadOnlyDictionary<FargateRoute, string> Obstacles => _obstacles;

    /// <summary>The routes of ssh without a known obstacle.</summary>
    public IEnumerable<FargateRoute> OpenRoutes => Enum.GetValues<FargateRoute>().Where(route =>
        route != FargateRoute.Auto && request.MayUse(route) && !_obstacles.ContainsKey(route));

    /// <summary>The error of each action that was tried; null if the action is allowed.</summary>
    public IReadOnlyDictionary<string, FargateException?> Actions => _actions;

    public Task PassAsync(string check, string detail) => show(new(check, FargateCheckResult.Passed, detail));

    public Task WarnAsync(string check, string detail, string fix) => show(new(check, FargateCheckResult.Warning, detail, fix));

    public Task FailAsync(string check, string detail, string fix) => show(new(check, FargateCheckResult.Failed, detail, fix));

    public Task SkipAsync(string check, string detail, string fix = "") =>
        show(new(check, FargateCheckResult.NotChecked, detail, fix));

    public Task FailAsync(string check, FargateException error) => FailAsync(check, Finding(error), error.NextStep);

    /// <summary>
    /// Shows an obstacle of a route: a failure where that route was asked for, and a warning where others may lead to the task.
    /// </summary>
    public Task ObstructAsync(FargateRoute route, string check, string detail, string fix)
    {
        NoteObstacle(route, $"{check}: {detail}");
        return request.Route == route ? FailAsync(check, detail, fix) : WarnAsync(check, detail, fix);
    }

    /// <summary>Notes an obstacle of a route, without a row of its own.</summary>
    public void NoteObstacle(FargateRoute route, string obstacle) => _obstacles.TryAdd(route, obstacle);

    /// <summary>Queries AWS for a check. If the query fails, shows that as the check's row.</summary>
    /// <returns>Null if the query failed.</returns>
    public async Task<T?> QueryAsync<T>(string check, string action, Func<Task<T>> ask)
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
            await SkipAsync(check, $"could not be checked: {Finding(e)}", FixOf(action, e));
        }

        return null;
    }

    /// <summary>Calls AWS and records whether the action is allowed. An error about a missing thing shows that it is.</summary>
    public async Task<T> TryAsync<T>(string action, Func<Task<T>> call)
    {
        try
        {
            var reply = await call();
            _actions[action] = null;
            return reply;
        }
        catch (FargateException e)
        {
            _actions[action] = ShowsPermission(e) ? null : e;
            throw;
        }
    }

    /// <summary>Returns an error's message without its next step.</summary>
    public static string Finding(FargateException error) => error.Message.EndsWith(error.NextStep, StringComparison.Ordinal)
        ? error.Message[..^error.NextStep.Length].TrimEnd()
        : error.Message;

    private static bool ShowsPermission(FargateException error) => error.Error is not (FargateError.AccessDenied
        or FargateError.EndpointUnreachable or FargateError.Throttled or FargateError.ServiceFailed
        or FargateError.CredentialsExpired or FargateError.NoCredentials);

    private static string FixOf(string action, FargateException error) =>
        error.Error == FargateError.AccessDenied && DoctorPolicy.Contains(action)
            ? $"Add {action} to the policy of this user or role: module/container/iam/doctor-policy.json."
            : error.NextStep;

    /// <summary>The actions that only the doctor needs.</summary>
    private static readonly string[] DoctorPolicy =
        ["ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups"];
}
