using System.Text.Json.Nodes;
using LocalFargate.Containers;
using LocalFargate.Control;
using LocalFargate.Exec;
using LocalFargate.Faults;
using LocalFargate.Logs;
using LocalFargate.Network;
using LocalFargate.Protocol;
using LocalFargate.Services;
using LocalFargate.Signing;
using LocalFargate.Tasks;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalFargate;

/// <summary>
/// A Fargate on this machine: it speaks the wire protocols of ECS, EC2 and CloudWatch Logs on one URL, and its tasks
/// are real processes with a real sshd on addresses of 127.0.0.0/8. Disposing it ends all of them.
/// </summary>
public sealed class LocalFargateServer : IAsyncDisposable
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
    private readonly LogStreams _logs = new();
    private readonly AwsEndpoint _endpoint;
    private readonly ExecEndpoint _exec;
    private readonly IamService _iam;
    private WebApplication? _application;

    private LocalFargateServer(LocalFargateOptions options, ILogger logger)
    {
        _options = options;
        var arnPrefix = $"arn:{Partition(options.Region)}:ecs:{options.Region}:{AccountId}";
        var images = CreateImages(options);
        _addresses = AddressBlock.Reserve();
        SshPort = options.SshPort ?? SshPorts.Choose(_addresses);
        _vpc = new Vpc(options.Region, _addresses);
        _tasks = new TaskRegistry(options.StoppedTaskRetention);
        _definitions = new TaskDefinitions(arnPrefix, options.RevisionLimit);
        var specs = new ContainerSpecs(images, options.Region, SshPort);
        _launcher = new TaskLauncher(_tasks, _addresses, _logs, specs, options.StopTimeout)
        {
            RunsContainers = options.RunsContainers,
        };
        var clusters = new ClusterRegistry(arnPrefix, options.Clusters);
        _services = new ServiceRegistry(clusters, _definitions);
        var runTask = new RunTaskOperation(clusters, _definitions, _vpc, _tasks, _launcher)
        {
            Faults = Faults,
            Timeline = options.Timeline,
        };
        var execSessions = new ExecSessions(() => EndpointUrl);
        _exec = new ExecEndpoint(execSessions, _stopping.Token);
        var accountArn = $"arn:{Partition(options.Region)}:iam::{AccountId}";
        var callerArn = options.CallerArn ?? $"{accountArn}:user/local";
        _iam = new IamService(accountArn);
        IAwsService[] services =
        [
            new EcsService(
                clusters, _definitions, _tasks, runTask, _services, new ExecuteCommandOperation(clusters, _tasks, execSessions)),
            new Ec2Service(_vpc, _tasks, AccountId, arnPrefix),
            new LogsService(_logs),
            new StsService(AccountId, callerArn),
            _iam,
        ];
        _endpoint = new AwsEndpoint(
            services, new SignatureVerifier(options.Region, options.Credentials), Faults, _stopping.Token)
        {
            Logger = logger,
            CallerArn = callerArn,
        };
        RegisterTaskDefinition(new TaskDefinitionOptions(options.TaskDefinition)
        {
            Containers = [new ContainerOptions("cli") { Environment = options.ContainerEnvironment, Ports = [SshPort] }],
            TaskRoleArn = TaskDefinitionOptions.ExecutionRoleArn,
        });
        RegisterServices(options);
    }

    /// <summary>The URL that stands for every service's.</summary>
    public string EndpointUrl { get; private set; } = "";

    /// <summary>The region that requests have to be signed for.</summary>
    public string Region => _options.Region;

    /// <summary>The name of a cluster.</summary>
    public string Cluster => _options.Clusters[0];

    /// <summary>The family of a task definition with one container, cli, which starts sshd.</summary>
    public string TaskDefinition => _options.TaskDefinition;

    /// <summary>The ids of the subnets.</summary>
    public IReadOnlyList<string> Subnets => [.. _vpc.Subnets.Select(subnet => subnet.Id)];

    /// <summary>The ids of the security groups.</summary>
    public IReadOnlyList<string> SecurityGroups => _vpc.SecurityGroups;

    /// <summary>The rules of a security group, each as "CIDR port description".</summary>
    public IReadOnlyList<string> IngressRules(string securityGroup) =>
        [.. _vpc.RulesOf(securityGroup).All.Select(rule => $"{rule.Cidr} {rule.FromPort} {rule.Description}")];

    /// <summary>
    /// Makes a subnet's default route lead to something else than the internet gateway, such as nat-1; null takes it away.
    /// </summary>
    public void SetDefaultRoute(string subnet, string? target) => _vpc.SetDefaultRoute(subnet, target);

    /// <summary>Adds a rule to a security group, as somebody else might.</summary>
    public void AddIngressRule(string securityGroup, string cidr, int port, string description) =>
        _vpc.RulesOf(securityGroup).TryAdd(new SecurityGroupRule("tcp", port, port, cidr, description));

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

        await _launcher.DisposeAsync();
        _addresses.Dispose();
        _stopping.Dispose();
    }

    private void RegisterServices(LocalFargateOptions options)
    {
        foreach (var cluster in options.Clusters)
        {
            foreach (var name in options.Services)
            {
                RegisterService(new ServiceOptions(name)
                {
                    Cluster = cluster,
                    TaskDefinition = options.TaskDefinition,
                    Subnets = Subnets,
                    SecurityGroups = SecurityGroups,
                    AssignPublicIp = true,
                });
            }
        }
    }

    private async Task ListenAsync(ILogger logger, CancellationToken cancellationToken)
    {
        Isolation = await ContainerLauncher.FindIsolationOnceAsync();
        if (Isolation != Isolation.Namespaces)
        {
            logger.Isolated(Isolation == Isolation.ProcessesOnly
                ? $"Not root, or not allowed to mount: containers run as {UserName} on this machine's files."
                : $"Namespaces cannot be made here: containers run as plain processes of {UserName}.");
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(System.Net.IPAddress.Loopback, _options.Port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        _application = builder.Build();
        _application.UseRouting();
        _exec.Map(_application);
        ControlEndpoints.Map(_application, this);
        _application.MapFallback("{**path}", _endpoint.HandleAsync);
        await _application.StartAsync(cancellationToken);
        EndpointUrl = _application.Urls.Single();
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
