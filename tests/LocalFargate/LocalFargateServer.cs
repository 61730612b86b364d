using System.Text.Json.Nodes;
using LocalFargate.Containers;
using LocalFargate.Faults;
using LocalFargate.Logs;
using LocalFargate.InstanceConnect;
using LocalFargate.Network;
using LocalFargate.Protocol;
using LocalFargate.Services;
using LocalFargate.SessionManager;
using LocalFargate.Signing;
using LocalFargate.Tasks;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalFargate;

/// <summary>
/// A Fargate on this machine: it speaks the wire protocols of ECS, EC2, Session Manager and CloudWatch Logs on one URL, and its
/// tasks are real processes with a real sshd on addresses of 127.0.0.0/8. Disposing it ends all of them.
/// </summary>
public sealed partial class LocalFargateServer : IAsyncDisposable
{
    private const string AccountId = "123456789012";

    private readonly CancellationTokenSource _stopping = new();
    private readonly LocalFargateOptions _options;
    private readonly AddressBlock _addresses;
    private readonly Vpc _vpc;
    private readonly TaskRegistry _tasks;
    private readonly TaskLauncher _launcher;
    private readonly TaskDefinitions _definitions;
    private readonly ServiceRegistry _services;
    private readonly LogStreams _logs;
    private readonly AwsEndpoint _endpoint;
    private readonly SessionRegistry _sessions;
    private readonly DataChannelEndpoint _dataChannels;
    private readonly InstanceConnectEndpoints _instanceConnect;
    private readonly TunnelEndpoint _tunnels;
    private readonly IamService _iam;
    private WebApplication? _application;

    private LocalFargateServer(LocalFargateOptions options, ILogger logger)
    {
        _options = options;
        _addresses = AddressBlock.Reserve();
        _logs = new LogStreams(options.LogDelivery);
        SshPort = options.SshPort ?? SshPorts.Choose(_addresses);
        _vpc = new Vpc(options.Region, _addresses);
        _tasks = new TaskRegistry(options.StoppedTaskRetention);
        var arnPrefix = $"arn:{Partition(options.Region)}:ecs:{options.Region}:{AccountId}";
        _definitions = new TaskDefinitions(arnPrefix, options.RevisionLimit);
        var clusters = new ClusterRegistry(arnPrefix, options.Clusters);
        _services = new ServiceRegistry(clusters, _definitions);
        _launcher = new TaskLauncher(
            _tasks, _addresses, _logs, new ContainerSpecs(CreateImages(options), options.Region, SshPort), options.StopTimeout)
        {
            RunsContainers = options.RunsContainers,
            Operator = options.Operator,
            Vpc = _vpc,
        };
        var accountArn = $"arn:{Partition(options.Region)}:iam::{AccountId}";
        _iam = new IamService(accountArn);
        var callerArn = options.CallerArn ?? $"{accountArn}:user/local";
        _sessions = new SessionRegistry(options.SessionManager, Faults)
        {
            StreamUrl = StreamUrlOf,
            UserName = callerArn[(callerArn.LastIndexOf('/') + 1)..],
        };
        _instanceConnect = new InstanceConnectEndpoints(_vpc, () => Authority);
        var verifier = new SignatureVerifier(options.Region, options.Credentials) { ClockOffset = options.ClockOffset };
        _endpoint = new AwsEndpoint(CreateServices(clusters, arnPrefix, callerArn), verifier, Faults, _stopping.Token)
        {
            Logger = logger,
            CallerArn = callerArn,
        };
        _dataChannels = new DataChannelEndpoint(_sessions, verifier, _endpoint, Faults, _stopping.Token);
        _tunnels = new TunnelEndpoint(_instanceConnect, CreateTunnelTargets(), verifier, _endpoint, _stopping.Token);
        AddFromTheStart();
    }

    /// <summary>The URL that stands for every service's.</summary>
    public string EndpointUrl { get; private set; } = "";

    /// <summary>The region that requests have to be signed for.</summary>
    public string Region => _options.Region;

    /// <summary>The name of a cluster.</summary>
    public string Cluster => _options.Clusters[0];

    /// <summary>The family of a task definition with one container, cli, which starts sshd.</summary>
    public string TaskDefinition => _options.TaskDefinition;

    /// <summary>Makes IAM's policy simulator say that an action is not allowed. It stays allowed all the same.</summary>
    /// <param name="action">The action, such as ecs:RunTask.</param>
    /// <param name="missingContext">What the simulator would have to know to be certain.</param>
    public void DenyInSimulation(string action, params string[] missingContext) => _iam.Denied[action] = missingContext;

    /// <summary>Removes all rules of a security group.</summary>
    public void RemoveIngressRules(string securityGroup)
    {
        foreach (var rule in _vpc.RulesOf(securityGroup).All)
        {
            _vpc.RulesOf(securityGroup).Remove(rule);
        }
    }

    /// <summary>The port that the tasks' sshd listens on, unless a task is told another one by _SSH_PORT.</summary>
    public int SshPort { get; }

    /// <summary>The access key id of a credential that is accepted.</summary>
    public string AccessKeyId => _options.Credentials[0].AccessKeyId;

    /// <summary>Its secret.</summary>
    public string SecretAccessKey => _options.Credentials[0].SecretAccessKey;

    /// <summary>Who logs in to the tasks: root, or without namespaces the current user.</summary>
    public string UserName => Isolation == Isolation.Namespaces ? "root" : Environment.UserName;

    /// <summary>How far containers are kept apart from this machine.</summary>
    public Isolation Isolation { get; private set; }

    /// <summary>The calls received until now, in order.</summary>
    public IReadOnlyList<ReceivedCall> Calls => _endpoint.Calls;

    /// <summary>Forgets the calls received until now.</summary>
    internal void ForgetCalls() => _endpoint.ForgetCalls();

    /// <summary>The tasks as they are now, the oldest first.</summary>
    public IReadOnlyList<TaskView> Tasks => [.. _tasks.All.Select(TaskView.Of)];

    /// <summary>What goes wrong on request.</summary>
    public FaultSet Faults { get; } = new();

    /// <summary>Starts a server. It serves when this returns.</summary>
    /// <exception cref="FileNotFoundException">start-sshd.sh was not found.</exception>
    /// <exception cref="IOException">The port is in use, or there is no address left.</exception>
    public static async Task<LocalFargateServer> StartAsync(
        LocalFargateOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new LocalFargateOptions();
        ILogger logger = options.Log is { } log ? new LineLogger(log) : NullLogger.Instance;
        var server = new LocalFargateServer(options, logger);
        try
        {
            await server.ListenAsync(logger, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Registers a task definition, or a further revision of one. Returns its ARN.</summary>
    public string RegisterTaskDefinition(TaskDefinitionOptions definition)
    {
        foreach (var container in definition.Containers.Where(container => container.LogsToCloudWatch))
        {
            _logs.CreateGroup(container.LogGroup ?? $"/ecs/{definition.Family}");
        }

        return _definitions.Register(definition.ToInput(Region)).Arn;
    }

    /// <summary>Registers a task definition from the input of RegisterTaskDefinition. Returns its ARN.</summary>
    internal string RegisterTaskDefinition(JsonObject input) => _definitions.Register(input).Arn;

    /// <summary>Registers a service, which starts no tasks here. Returns its ARN.</summary>
    public string RegisterService(ServiceOptions service) => _services.Register(service);

    /// <summary>Starts a task of a service, as ECS itself does.</summary>
    /// <returns>Its ARN.</returns>
    public string StartServiceTask(string service, bool enablesExecuteCommand = true) =>
        _launcher.Launch(
            _services.LaunchOf(service, _vpc, enablesExecuteCommand), Faults.Apply(new TaskPlan { Timeline = _options.Timeline })).Arn;

    /// <summary>Forgets the tasks that are stopped, as ECS does an hour after.</summary>
    public void ForgetStoppedTasks() => _tasks.ForgetStopped(TimeSpan.Zero);

    /// <summary>Ends a task as if Fargate did, with a stop code and reason of Fargate's.</summary>
    /// <param name="taskArn">The task's ARN.</param>
    /// <param name="stopCode">SpotInterruption, TerminationNotice, …</param>
    /// <param name="stoppedReason">ECS's words.</param>
    public void InterruptTask(string taskArn, string stopCode, string stoppedReason) =>
        _tasks.All.First(task => task.Arn == taskArn).Stop(stopCode, stoppedReason);

    /// <summary>Ends all tasks at once, and the server.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_application is { } application)
        {
            await application.DisposeAsync();
        }

        await _sessions.DisposeAsync();
        await _launcher.DisposeAsync();
        _addresses.Dispose();
        _stopping.Dispose();
    }

    private IAwsService[] CreateServices(ClusterRegistry clusters, string arnPrefix, string callerArn)
    {
        var runTask = new RunTaskOperation(clusters, _definitions, _vpc, _tasks, _launcher)
        {
            Faults = Faults,
            Timeline = _options.Timeline,
        };
        var executeCommand = new ExecuteCommandOperation(clusters, _tasks, _sessions);
        return
        [
            new EcsService(clusters, _definitions, _tasks, runTask, _services, executeCommand),
            new Ec2Service(_vpc, _tasks, _instanceConnect, AccountId, arnPrefix),
            new SsmService(clusters, _tasks, _sessions, Faults),
            new LogsService(_logs),
            new StsService(AccountId, callerArn),
            _iam,
        ];
    }

    private void AddFromTheStart()
    {
        RegisterTaskDefinition(new TaskDefinitionOptions(_options.TaskDefinition)
        {
            Containers = [new ContainerOptions("cli") { Environment = _options.ContainerEnvironment, Ports = [SshPort] }],
            TaskRoleArn = TaskDefinitionOptions.ExecutionRoleArn,
        });
        foreach (var endpoint in _options.InstanceConnectEndpoints)
        {
            AddInstanceConnectEndpoint(endpoint);
        }

        foreach (var (cluster, name) in _options.Clusters.SelectMany(cluster => _options.Services.Select(name => (cluster, name))))
        {
            RegisterService(new ServiceOptions(name)
            {
                Cluster = cluster,
                TaskDefinition = _options.TaskDefinition,
                Subnets = Subnets,
                SecurityGroups = SecurityGroups,
                AssignPublicIp = true,
            });
        }
    }

    private static Dictionary<string, LocalImage> CreateImages(LocalFargateOptions options)
    {
        var images = new Dictionary<string, LocalImage>(options.Images);
        images.TryAdd(ContainerOptions.PlainImage, new LocalImage());
        if (!images.ContainsKey(ContainerOptions.SshdImage))
        {
            images[ContainerOptions.SshdImage] = new LocalImage
            {
                Files = new Dictionary<string, string>
                {
                    [StartSshdScript.PathInContainer] = StartSshdScript.Find(options.StartSshdPath),
                },
                Command = [StartSshdScript.PathInContainer],
            };
        }

        return images;
    }

    private static string Partition(string region) =>
        region.StartsWith("cn-", StringComparison.Ordinal) ? "aws-cn"
        : region.StartsWith("us-gov-", StringComparison.Ordinal) ? "aws-us-gov"
        : "aws";
}
