using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Aws.Credentials;
using EcsFargateLogin.Aws.Ec2;
using EcsFargateLogin.Aws.Ecs;
using EcsFargateLogin.Aws.Errors;
using EcsFargateLogin.Aws.Logs;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws;

/// <summary>Implements the boundary with ECS, EC2 and CloudWatch Logs.</summary>
/// <param name="connection">The connection to AWS.</param>
/// <param name="ecs">ECS.</param>
/// <param name="ec2">EC2.</param>
/// <param name="createLogs">Creates a client for the logs of a region.</param>
/// <param name="surveyClients">Creates the clients that only a survey needs.</param>
/// <param name="credentials">The credentials that sign requests.</param>
internal sealed partial class AwsFargateCloud(
    CloudConnection connection,
    EcsClient ecs,
    Ec2Client ec2,
    Func<string, LogsClient> createLogs,
    SurveyClients surveyClients,
    AWSCredentials credentials) : IFargateCloud, ITaskDefinitionStore
{
    private const int TasksPerCall = 100;
    private const int InterfacesPerCall = 200;

    private readonly ConcurrentDictionary<string, Lazy<LogsClient>> _logs = [];

    private AwsRoutes? _routes;

    /// <summary>Creates the boundary with the routes through AWS, which most sessions do not need.</summary>
    internal required Func<AwsRoutes> CreateRoutes { private get; init; }

    public ISessionManager SessionManager => Routes;

    public IInstanceConnect InstanceConnect => Routes;

    private AwsRoutes Routes => LazyInitializer.EnsureInitialized(ref _routes, CreateRoutes)!;

    public CloudConnection Connection { get; } = connection;

    public DateTimeOffset? CredentialsEnd => CredentialEnd.Of(credentials);

    public async Task<RunTaskReply> RunTaskAsync(RunTaskRequest request, CancellationToken cancellationToken)
    {
        var input = EcsRequests.ToInput(request);
        var call = EcsCall("RunTask") with
        {
            Cluster = request.Cluster,
            TaskDefinition = request.TaskDefinition,
            ContainerName = request.ContainerName,
            Subnets = request.Subnets,
            SecurityGroups = request.SecurityGroups,
        };
        var output = await ServiceCalls.SendAsync(call, token => ecs.RunTaskAsync(input, token), cancellationToken);
        return new(EcsReplies.Tasks(output.Tasks, call.Operation), EcsReplies.Failures(output.Failures));
    }

    public async Task<DescribeTasksReply> DescribeTasksAsync(
        string cluster, IReadOnlyCollection<string> taskArns, CancellationToken cancellationToken)
    {
        var call = EcsCall("DescribeTasks") with { Cluster = cluster, Task = string.Join(", ", taskArns) };
        List<TaskDescription> tasks = [];
        List<CloudFailure> failures = [];
        foreach (var batch in taskArns.Chunk(TasksPerCall))
        {
            var input = new DescribeTasksInput(cluster, batch);
            var output = await ServiceCalls.SendAsync(call, token => ecs.DescribeTasksAsync(input, token), cancellationToken);
            tasks.AddRange(EcsReplies.Tasks(output.Tasks, call.Operation));
            failures.AddRange(EcsReplies.Failures(output.Failures));
        }

        return new(tasks, failures);
    }

    public async Task<TaskDescription?> StopTaskAsync(
        string cluster, string taskArn, string reason, CancellationToken cancellationToken)
    {
        var call = EcsCall("StopTask") with { Cluster = cluster, Task = taskArn };
        var input = new StopTaskInput(cluster, taskArn, reason);
        var output = await ServiceCalls.SendAsync(call, token => ecs.StopTaskAsync(input, token), cancellationToken);
        return output.Task is { TaskArn: not null, ClusterArn: not null, LastStatus: not null }
            ? EcsReplies.Tasks([output.Task], call.Operation)[0]
            : null;
    }

    public Task<IReadOnlyList<string>> ListTasksAsync(
        string cluster, string startedBy, CancellationToken cancellationToken) =>
        ListTasksAsync(new ListTasksInput(cluster, startedBy, "RUNNING"), cancellationToken);

    public Task<IReadOnlyList<string>> ListTasksAsync(string cluster, CancellationToken cancellationToken) =>
        ListTasksAsync(new ListTasksInput(cluster, StartedBy: null, "RUNNING"), cancellationToken);

    public Task<IReadOnlyList<string>> ListServiceTasksAsync(
        string cluster, string service, CancellationToken cancellationToken) =>
        ListTasksAsync(new ListTasksInput(cluster, StartedBy: null, "RUNNING") { ServiceName = service }, cancellationToken);

    private async Task<IReadOnlyList<string>> ListTasksAsync(ListTasksInput input, CancellationToken cancellationToken)
    {
        var call = EcsCall("ListTasks") with { Cluster = input.Cluster };
        return await ServiceCalls.AllPagesAsync(
            call,
            async (next, token) =>
            {
                var output = await ecs.ListTasksAsync(input with { NextToken = next }, token);
                return Page.Of(output.TaskArns, output.NextToken);
            },
            cancellationToken);
    }

    public async Task<TaskDefinitionDescription> DescribeTaskDefinitionAsync(
        string taskDefinition, CancellationToken cancellationToken)
    {
        var call = EcsCall("DescribeTaskDefinition") with { TaskDefinition = taskDefinition };
        var input = new DescribeTaskDefinitionInput(taskDefinition);
        var output = await ServiceCalls.SendAsync(call, token => ecs.DescribeTaskDefinitionAsync(input, token), cancellationToken);
        return EcsReplies.TaskDefinition(output.TaskDefinition, call.Operation);
    }

    public ITaskDefinitionStore Definitions => this;

    async Task<JsonObject> ITaskDefinitionStore.ReadAsync(string taskDefinition, CancellationToken cancellationToken)
    {
        var call = EcsCall("DescribeTaskDefinition") with { TaskDefinition = taskDefinition };
        var input = new DescribeTaskDefinitionInput(taskDefinition);
        var output = await ServiceCalls.SendAsync(call, token => ecs.DescribeWholeTaskDefinitionAsync(input, token), cancellationToken);
        return output.TaskDefinition ?? throw CloudErrors.MalformedReply(call.Operation, "lacks taskDefinition");
    }

    async Task<string> ITaskDefinitionStore.RegisterAsync(JsonObject definition, CancellationToken cancellationToken)
    {
        var input = definition.Deserialize(EcsShapes.OnWire.RegisterTaskDefinitionInput)!;
        var call = EcsCall("RegisterTaskDefinition") with { TaskDefinition = input.Family };
        var output = await ServiceCalls.SendAsync(call, token => ecs.RegisterTaskDefinitionAsync(input, token), cancellationToken);
        return EcsReplies.Required(output.TaskDefinition?.TaskDefinitionArn, call.Operation, "taskDefinitionArn");
    }

    public async Task<ServiceDescription?> DescribeServiceAsync(
        string cluster, string service, CancellationToken cancellationToken)
    {
        var call = EcsCall("DescribeServices") with { Cluster = cluster };
        var input = new DescribeServicesInput(cluster, [service], ["TAGS"]);
        var output = await ServiceCalls.SendAsync(call, token => ecs.DescribeServicesAsync(input, token), cancellationToken);
        return (output.Services ?? [])
            .Where(shape => shape?.Status == Active)
            .Select(shape => ServiceReplies.Service(shape!, call.Operation))
            .FirstOrDefault();
    }

    public async Task<ClusterDescription?> DescribeClusterAsync(string cluster, CancellationToken cancellationToken)
    {
        var call = EcsCall("DescribeClusters") with { Cluster = cluster };
        var input = new DescribeClustersInput([cluster]);
        var output = await ServiceCalls.SendAsync(call, token => ecs.DescribeClustersAsync(input, token), cancellationToken);
        return (output.Clusters ?? [])
            .Select(shape => EcsReplies.Cluster(shape, call.Operation))
            .FirstOrDefault(description => description.Status == "ACTIVE");
    }

    public async Task<IReadOnlyList<NetworkInterfaceDescription>> DescribeNetworkInterfacesAsync(
        IReadOnlyCollection<string> networkInterfaceIds, CancellationToken cancellationToken)
    {
        List<NetworkInterfaceDescription> descriptions = [];
        foreach (var batch in networkInterfaceIds.Chunk(InterfacesPerCall))
        {
            var call = Ec2Call("DescribeNetworkInterfaces") with { NetworkInterfaces = batch };
            descriptions.AddRange(await ServiceCalls.SendAsync(
                call, token => ec2.DescribeNetworkInterfacesAsync(batch, token), cancellationToken));
        }

        return descriptions;
    }

    public async Task<IReadOnlyList<string>> GetLogEventsAsync(
        LogStreamName stream, bool fromStart, int limit, CancellationToken cancellationToken)
    {
        var page = await ReadLogAsync(stream, new GetLogEventsInput(stream.Group, stream.Name, limit, fromStart), cancellationToken);
        return [.. page.Messages.Select(message => message.Text)];
    }

    public Task<LogPage> ReadLogAsync(LogStreamName stream, LogPosition position, CancellationToken cancellationToken) => ReadLogAsync(
        stream,
        new GetLogEventsInput(stream.Group, stream.Name, position.Token is null ? position.Tail : null, position.Tail is null || position.Token is not null)
        {
            NextToken = position.Token,
            StartTime = position.Since?.ToUnixTimeMilliseconds(),
        },
        cancellationToken);

    private async Task<LogPage> ReadLogAsync(LogStreamName stream, GetLogEventsInput input, CancellationToken cancellationToken)
    {
        var logs = _logs.GetOrAdd(stream.Region, region => new Lazy<LogsClient>(() => createLogs(region))).Value;
        var call = new ServiceCall("logs:GetLogEvents", logs.Endpoint, Connection.CredentialSource);
        try
        {
            var output = await ServiceCalls.SendAsync(call, token => logs.GetLogEventsAsync(input, token), cancellationToken);
            return new LogPage(
                [
                    .. (output.Events ?? []).Where(item => item?.Message is not null).Select(item =>
                        new LogMessage(DateTimeOffset.FromUnixTimeMilliseconds(item!.Timestamp ?? 0), item.Message!)),
                ],
                output.NextForwardToken);
        }
        catch (FargateException exception) when (exception.ErrorCode == "ResourceNotFoundException")
        {
            return new LogPage([], NextToken: null);
        }
    }

    public async Task<ChannelTicket> ExecuteCommandAsync(
        ExecuteCommandRequest request, CancellationToken cancellationToken)
    {
        var call = EcsCall("ExecuteCommand") with
        {
            Cluster = request.Cluster,
            Task = request.Task,
            ContainerName = request.ContainerName,
        };
        ExecuteCommandInput input = new()
        {
            Cluster = request.Cluster,
            Task = request.Task,
            Container = request.ContainerName,
            Command = request.Command,
            // ECS requires it.
            Interactive = true,
        };
        var output = await ServiceCalls.SendAsync(call, token => ecs.ExecuteCommandAsync(input, token), cancellationToken);
        return new ChannelTicket(
            EcsReplies.Required(output.Session?.SessionId, call.Operation, "session.sessionId"),
            EcsReplies.Required(output.Session?.StreamUrl, call.Operation, "session.streamUrl"),
            EcsReplies.Required(output.Session?.TokenValue, call.Operation, "session.tokenValue"));
    }

    public void Dispose()
    {
        foreach (var logs in _logs.Values.Where(logs => logs.IsValueCreated))
        {
            logs.Value.Dispose();
        }

        ecs.Dispose();
        ec2.Dispose();
    }

    private ServiceCall EcsCall(string operation) => new($"ecs:{operation}", ecs.Endpoint, Connection.CredentialSource);
}
