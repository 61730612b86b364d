using System.Collections.Concurrent;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Tests.Support;

/// <summary>A cloud in memory; a test can set its every answer. Unless told otherwise it starts one task and knows it.</summary>
internal sealed class ScriptedCloud : IFargateCloud
{
    private readonly ConcurrentQueue<CloudCall> _calls = [];

    public CloudConnection Connection { get; init; } = new()
    {
        Aws = new AwsConnection { Region = "eu-central-1" },
        RegionSource = "the test",
        CredentialSource = "the test",
        EcsEndpoint = "https://ecs.eu-central-1.amazonaws.com/",
    };

    public DateTimeOffset? CredentialsEnd { get; set; }

    public IFargateCatalog Catalog => throw new NotSupportedException("No session lists the account's resources.");

    public IAccountSurvey Survey => throw new NotSupportedException("No session surveys the account.");

    public ITaskDefinitionStore Definitions => throw new NotSupportedException("No session registers task definitions.");

    public ISessionManager SessionManager { get; set; } = null!;

    public IInstanceConnect InstanceConnect { get; set; } = null!;

    public Func<RunTaskRequest, CancellationToken, Task<RunTaskReply>> OnRunTask { get; set; } =
        (_, _) => Task.FromResult(new RunTaskReply([SampleTask.Of("PROVISIONING")], []));

    /// <summary>Gets the cluster, the ARNs, and how many times it was asked before.</summary>
    public Func<string, IReadOnlyCollection<string>, int, DescribeTasksReply> OnDescribeTasks { get; set; } =
        (_, _, _) => new DescribeTasksReply([], []);

    /// <summary>The task in the answer to StopTask; null for none.</summary>
    public TaskDescription? StoppedTask { get; set; }

    public Func<CancellationToken, Task> OnStopTask { get; set; } = _ => Task.CompletedTask;

    public Func<int, ChannelTicket> OnExecuteCommand { get; set; } =
        _ => new ChannelTicket("ecs-execute-command-1", "wss://ssmmessages.example/1", "the-token");

    public Func<IReadOnlyList<string>> OnListTasks { get; set; } = () => [];

    public Func<IReadOnlyList<string>> OnListAllTasks { get; set; } = () => [];

    public Func<ClusterDescription?> OnDescribeCluster { get; set; } =
        () => new ClusterDescription(SampleTask.Of("RUNNING").ClusterArn, "dev", "ACTIVE");

    public Func<ServiceDescription?> OnDescribeService { get; set; } = () => null;

    public Func<TaskDefinitionDescription> OnDescribeTaskDefinition { get; set; } = () => SampleTask.Definition("cli");

    public Func<int, IReadOnlyList<NetworkInterfaceDescription>> OnDescribeNetworkInterfaces { get; set; } = _ => [];

    /// <summary>The rules of all security groups; what the calls below do by default is done to them.</summary>
    public List<IngressRule> Rules { get; } = [];

    public Func<IngressRule, bool>? OnAuthorizeIngress { get; set; }

    public Action<IngressRule>? OnRevokeIngress { get; set; }

    public Action? OnDescribeIngress { get; set; }

    /// <summary>Gets the rule, and gives the one that is there afterwards; null when it is gone.</summary>
    public Func<IngressRule, IngressRule?> OnUpdateIngressDescription { get; set; } = rule => rule;

    public Func<IReadOnlyList<string>> OnGetLogEvents { get; set; } = () => [];

    /// <summary>Whether an answer to GetLogEvents never comes, as where its packets are dropped.</summary>
    public Func<bool> DropsGetLogEvents { get; set; } = () => false;

    public IReadOnlyList<CloudCall> Calls => [.. _calls];

    public IReadOnlyList<CloudCall> CallsOf(string operation) => [.. _calls.Where(call => call.Operation == operation)];

    public Task<RunTaskReply> RunTaskAsync(RunTaskRequest request, CancellationToken cancellationToken)
    {
        Begin("RunTask", request, cancellationToken);
        return OnRunTask(request, cancellationToken);
    }

    public Task<DescribeTasksReply> DescribeTasksAsync(
        string cluster, IReadOnlyCollection<string> taskArns, CancellationToken cancellationToken) =>
        Answer(() => OnDescribeTasks(cluster, taskArns, Begin("DescribeTasks", taskArns, cancellationToken)));

    public async Task<TaskDescription?> StopTaskAsync(
        string cluster, string taskArn, string reason, CancellationToken cancellationToken)
    {
        Begin("StopTask", (cluster, taskArn, reason), cancellationToken);
        await OnStopTask(cancellationToken);
        return StoppedTask;
    }

    public Task<ChannelTicket> ExecuteCommandAsync(ExecuteCommandRequest request, CancellationToken cancellationToken) =>
        Answer(() => OnExecuteCommand(Begin("ExecuteCommand", request, cancellationToken)));

    public Task<IReadOnlyList<string>> ListTasksAsync(
        string cluster, string startedBy, CancellationToken cancellationToken)
    {
        Begin("ListTasks", (cluster, startedBy), cancellationToken);
        return Answer(OnListTasks);
    }

    public Task<IReadOnlyList<string>> ListServiceTasksAsync(
        string cluster, string service, CancellationToken cancellationToken)
    {
        Begin("ListTasks", (cluster, service), cancellationToken);
        return Answer(OnListAllTasks);
    }

    public Task<IReadOnlyList<string>> ListTasksAsync(string cluster, CancellationToken cancellationToken)
    {
        Begin("ListTasks", (cluster, "*"), cancellationToken);
        return Answer(OnListAllTasks);
    }

    public Task<TaskDefinitionDescription> DescribeTaskDefinitionAsync(
        string taskDefinition, CancellationToken cancellationToken)
    {
        Begin("DescribeTaskDefinition", taskDefinition, cancellationToken);
        return Answer(OnDescribeTaskDefinition);
    }

    public Task<ServiceDescription?> DescribeServiceAsync(
        string cluster, string service, CancellationToken cancellationToken)
    {
        Begin("DescribeServices", (cluster, service), cancellationToken);
        return Answer(OnDescribeService);
    }

    public Task<ClusterDescription?> DescribeClusterAsync(string cluster, CancellationToken cancellationToken)
    {
        Begin("DescribeClusters", cluster, cancellationToken);
        return Answer(OnDescribeCluster);
    }

    public Task<IReadOnlyList<NetworkInterfaceDescription>> DescribeNetworkInterfacesAsync(
        IReadOnlyCollection<string> networkInterfaceIds, CancellationToken cancellationToken) =>
        Answer(() => OnDescribeNetworkInterfaces(
            Begin("DescribeNetworkInterfaces", networkInterfaceIds, cancellationToken)));

    public Task<bool> AuthorizeIngressAsync(IngressRule rule, CancellationToken cancellationToken)
    {
        Begin("AuthorizeSecurityGroupIngress", rule, cancellationToken);
        return Answer(() => OnAuthorizeIngress?.Invoke(rule) ?? Authorize(rule));
    }

    public Task RevokeIngressAsync(IngressRule rule, CancellationToken cancellationToken)
    {
        Begin("RevokeSecurityGroupIngress", rule, cancellationToken);
        return Answer(() =>
        {
            OnRevokeIngress?.Invoke(rule);
            return Rules.RemoveAll(rule.AdmitsSameAs) > 0;
        });
    }

    public Task UpdateIngressDescriptionAsync(IngressRule rule, CancellationToken cancellationToken)
    {
        Begin("UpdateSecurityGroupRuleDescriptionsIngress", rule, cancellationToken);
        return Answer(() =>
        {
            var after = OnUpdateIngressDescription(rule);
            if (Rules.RemoveAll(rule.AdmitsSameAs) > 0 && after is not null)
            {
                Rules.Add(after);
            }

            return true;
        });
    }

    public Task<IReadOnlyList<IngressRule>> DescribeIngressAsync(string? securityGroupId, CancellationToken cancellationToken)
    {
        Begin("DescribeSecurityGroups", securityGroupId ?? "all", cancellationToken);
        return Answer<IReadOnlyList<IngressRule>>(() =>
        {
            OnDescribeIngress?.Invoke();
            return [.. Rules.Where(rule => securityGroupId is null || rule.SecurityGroupId == securityGroupId)];
        });
    }

    public Task<IReadOnlyList<string>> GetLogEventsAsync(
        LogStreamName stream, bool fromStart, int limit, CancellationToken cancellationToken)
    {
        Begin("GetLogEvents", (stream, fromStart, limit), cancellationToken);
        return DropsGetLogEvents() ? NeverAsync(cancellationToken) : Answer(OnGetLogEvents);
    }

    public async Task<LogPage> ReadLogAsync(LogStreamName stream, LogPosition position, CancellationToken cancellationToken)
    {
        var messages = await GetLogEventsAsync(stream, position.Tail is null, position.Tail ?? 10_000, cancellationToken);
        return new LogPage([.. messages.Select(text => new LogMessage(DateTimeOffset.UnixEpoch, text))], position.Token);
    }

    public void Dispose()
    {
    }

    /// <summary>Adds a rule as a security group takes it.</summary>
    public bool Authorize(IngressRule rule)
    {
        if (Rules.Any(rule.AdmitsSameAs))
        {
            return false;
        }

        Rules.Add(rule);
        return true;
    }

    /// <returns>How many times the operation was called before.</returns>
    private int Begin(string operation, object input, CancellationToken cancellationToken)
    {
        var before = CallsOf(operation).Count;
        _calls.Enqueue(new CloudCall(operation, input, cancellationToken.IsCancellationRequested, DateTimeOffset.UtcNow));
        cancellationToken.ThrowIfCancellationRequested();
        return before;
    }

    private static async Task<IReadOnlyList<string>> NeverAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return [];
    }

    private static Task<T> Answer<T>(Func<T> answer)
    {
        try
        {
            return Task.FromResult(answer());
        }
        catch (FargateException e)
        {
            return Task.FromException<T>(e);
        }
    }
}

/// <summary>A call that a cloud got.</summary>
/// <param name="Operation">The operation of ECS or EC2.</param>
/// <param name="Input">What it was called with.</param>
/// <param name="WasCancelled">Whether its token was cancelled when it came.</param>
/// <param name="At">When it came.</param>
internal sealed record CloudCall(string Operation, object Input, bool WasCancelled, DateTimeOffset At);
