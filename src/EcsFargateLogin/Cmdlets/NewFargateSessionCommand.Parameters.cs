using System.Collections;
using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Connection;
using EcsFargateLogin.Model;
using EcsFargateLogin.Pipeline;
using EcsFargateLogin.Presets;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Cmdlets;

// All parameters of its own. PowerShell shows them in the order in which they are declared, so what people need first comes
// first, and the rest in groups: in one file, because between files their names would decide. Defaults are declared by
// PSDefaultValue and merged, and no property is initialized: null says that a record does not give the parameter. PowerShell
// still lists as bound the parameters of earlier records of the pipeline, but resets their properties.
public sealed partial class NewFargateSessionCommand
{
    /// <summary>The error of a malformed platform version.</summary>
    internal const string PlatformWords = "'{0}' is no version of Fargate's platform: write it like 1.4.0, or LATEST.";

    // The task, and its network.

    /// <summary>The task definition: family (its latest revision), family:revision or ARN.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = LoginSet,
        HelpMessage = "The task definition: family (its latest revision), family:revision or ARN.")]
    [BlankIsDefault]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TaskDefinitionCompleter))]
    [ProjectKey]
    public string? TaskDefinition { get; set; }

    /// <summary>The cluster's name or ARN.</summary>
    /// <value>default</value>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "The cluster's name or ARN.")]
    [BlankIsDefault]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ProjectKey]
    [PSDefaultValue(Value = "default")]
    public string? Cluster { get; set; }

    /// <summary>
    /// 1 to 16 subnet ids. With a public address, subnets that have a route to an internet gateway. One text can hold several, as
    /// a cell of a table does, with ',', ';' or blanks between them.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "1 to 16 subnet ids. With a public address, public subnets.")]
    [BlankIsDefault]
    [IdList]
    [ValidateCount(1, 16)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SubnetCompleter))]
    [ProjectKey]
    public string[]? Subnet { get; set; }

    /// <summary>Up to 5 ids of security groups that allow your address. Without it the VPC's default group is used.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "Up to 5 ids of security groups that allow your address.")]
    [BlankIsDefault]
    [IdList]
    [ValidateCount(1, 5)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SecurityGroupCompleter))]
    [ProjectKey]
    public string[]? SecurityGroup { get; set; }

    /// <summary>Whether the task gets a public address.</summary>
    /// <value>Enabled</value>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "Whether the task gets a public address: Enabled or Disabled.")]
    [BlankIsDefault]
    [ValidateNotNull]
    [ProjectKey]
    [PSDefaultValue(Value = EcsFargateLogin.AssignPublicIp.Enabled)]
    public AssignPublicIp? AssignPublicIp { get; set; }

    /// <summary>
    /// The application's task definition, as family, family:revision or ARN. Its image holds start-sshd.sh: the task runs
    /// /usr/local/bin/start-sshd.sh in place of the container's command, or what -Command names.
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ApplicationSet,
        HelpMessage = "The application's task definition; its image holds start-sshd.sh.")]
    [BlankIsDefault]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TaskDefinitionCompleter))]
    [ProjectKey]
    public string? FromTaskDefinition { get; set; }

    /// <summary>
    /// A service of the cluster, by name or ARN. Its task definition (as -FromTaskDefinition takes it), subnets, security
    /// groups, public address, platform version, capacity provider and tags are used. The parameters of each take its place.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "A service of the cluster; its task definition, subnets and groups are used.")]
    [BlankIsDefault]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ServiceCompleter))]
    [ProjectKey]
    public string? Service { get; set; }

    /// <summary>
    /// The preset that gives the parameters that are not typed: from .fargatelogin.json in the current folder or the nearest
    /// one above, and from your own. Without it the preset 'default', where there is one.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "The preset that gives what is not typed; without it 'default', if there is one.")]
    [BlankIsDefault]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PresetCompleter))]
    public string? Preset { get; set; }

    /// <summary>Uses no preset, and reads no file of presets.</summary>
    [Parameter(HelpMessage = "Uses no preset, and reads no file of presets.")]
    public SwitchParameter NoPreset { get; set; }

    // The size of the task.

    /// <summary>
    /// The task's CPU: 0.25, 0.5, 1, 2, 4, 8 or 16 vCPUs, or the same in CPU units, of which 1024 are one vCPU: 256 to 16384.
    /// Without it the task definition's. Fargate has certain sizes of memory for each; an error names the nearest pair.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "The task's vCPUs, 0.25 to 16, or its CPU units, 256 to 16384.")]
    [BlankIsDefault]
    [TaskSize(TaskSizeValue.Cpu)]
    [ArgumentCompleter(typeof(CpuCompleter))]
    [ProjectKey]
    public int? Cpu { get; set; }

    /// <summary>
    /// The task's memory in MiB, 512 to 122880, or with a unit, such as 4GB. Without it the task definition's. Fargate has certain
    /// sizes for each -Cpu; an error names the nearest pair. A limit that the task definition sets for a container stays.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "The task's memory in MiB, or with a unit, such as 4GB.")]
    [BlankIsDefault]
    [TaskSize(TaskSizeValue.Memory)]
    [ArgumentCompleter(typeof(MemoryCompleter))]
    [ProjectKey]
    public int? Memory { get; set; }

    /// <summary>
    /// The task's ephemeral storage in GiB, 21 to 200, or with a unit, such as 50GB. Without it the task definition's or, if it has
    /// none, 20. Images and all files of the task share it.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "The task's ephemeral storage in GiB, 21 to 200.")]
    [BlankIsDefault]
    [TaskSize(TaskSizeValue.EphemeralStorage)]
    [ArgumentCompleter(typeof(EphemeralStorageCompleter))]
    [ProjectKey]
    public int? EphemeralStorage { get; set; }

    // The number of sessions, and the reason for them.

    /// <summary>The number of sessions to start, 1 to 100, each with a key of its own.</summary>
    /// <value>1</value>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "The number of sessions to start, 1 to 100, each with a key of its own.")]
    [BlankIsDefault]
    [ValidateRange(1, MostSessions)]
    [PSDefaultValue(Value = 1)]
    public int? Count { get; set; }

    /// <summary>
    /// Returns each session only when its SSH server answers; a session that does not become ready is stopped. The records of a
    /// pipeline are waited for one after the other; Wait-FargateSession waits for all of them together.
    /// </summary>
    [Parameter(HelpMessage = "Returns each session only when its SSH server answers.")]
    public SwitchParameter Wait { get; set; }

    /// <summary>
    /// The reason to start the session, in up to 256 of the characters that AWS's tags accept: letters, digits, spaces and _ . :
    /// / = + - @. It becomes the task's tag 'ecs-fargate-login:reason', beside 'ecs-fargate-login:user', the local user and
    /// machine. Needs the permission ecs:TagResource.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "The reason to start the session: a tag of the task. Up to 256 characters.")]
    [BlankIsDefault]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ReasonCompleter))]
    public string? Reason { get; set; }

    /// <summary>
    /// Tags for the task, by key: up to 50 together with those of -Reason. If there are any, the tags of the task definition are
    /// added. Needs the permission ecs:TagResource.
    /// </summary>
    [Parameter(HelpMessage = "Tags for the task, by key: up to 50 together with those of -Reason.")]
    [ValidateNotNull]
    [ProjectKey]
    public Hashtable? Tag { get; set; }

    // The transport and the network.

    /// <summary>
    /// How the container is reached. EcsExec goes through AWS, without a program of this machine: no key, no address, no
    /// open port and no SSH server is needed, but a task role with the actions of exec-task-policy.json; the container runs a
    /// sleep of -MaxLifetime seconds in place of its command, unless -Command names another, and the shell is root's. Auto
    /// starts the task for both: ssh is used, and ECS Exec where the SSH port cannot be reached.
    /// </summary>
    /// <value>Ssh</value>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "How the container is reached: Ssh, EcsExec or Auto.")]
    [BlankIsDefault]
    [ValidateNotNull]
    [ProjectKey]
    [PSDefaultValue(Value = FargateTransport.Ssh)]
    public FargateTransport? Transport { get; set; }

    /// <summary>
    /// The route by which ssh reaches the container: Public and Private connect to the task's address; InstanceConnect goes through
    /// an EC2 Instance Connect Endpoint of its VPC; SessionManager goes through the agent of ECS Exec, which the task is then
    /// started with, and which needs a task role with the actions of exec-task-policy.json. Neither of the last two needs a public
    /// address, or a rule for your address. Auto tries all that the task allows, and uses the first that answers; it starts a task
    /// without a public address with the agent, where it has a task role. Later commands about the session use the same route.
    /// </summary>
    /// <value>Auto</value>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "The route of ssh: Auto, Public, Private, InstanceConnect or SessionManager.")]
    [BlankIsDefault]
    [ValidateNotNull]
    [ProjectKey]
    [PSDefaultValue(Value = FargateRoute.Auto)]
    public FargateRoute? Route { get; set; }

    /// <summary>
    /// The id of the EC2 Instance Connect Endpoint to use, eice-…. Without it one of the task's VPC, rather one in its own subnet.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "The id of the EC2 Instance Connect Endpoint to use.")]
    [BlankIsDefault]
    [ValidateNotNullOrEmpty]
    [ProjectKey]
    [ArgumentCompleter(typeof(InstanceConnectEndpointCompleter))]
    public string? InstanceConnectEndpoint { get; set; }

    /// <summary>
    /// Allows this machine's address at the SSH port, by a rule of the first -SecurityGroup that has the session's id and is
    /// removed when the session is closed. An existing rule that allows it is not changed. The address is that of -MyAddress, or
    /// of the service at the URL in the environment variable ECSFARGATELOGIN_MYADDRESS_URL. In your own presets it has no effect
    /// where a project's file names the group or the port.
    /// </summary>
    [Parameter(HelpMessage = "Allows this machine's address at the SSH port while the session lives.")]
    public SwitchParameter AuthorizeMyAddress { get; set; }

    /// <summary>
    /// The IPv4 or IPv6 address by which AWS sees this machine, for -AuthorizeMyAddress; without that it has no effect. One
    /// address, or the CIDR block of one (/32, /128).
    /// </summary>
    [Parameter(HelpMessage = "The address by which AWS sees this machine, for -AuthorizeMyAddress.")]
    [ValidateNotNullOrEmpty]
    public string? MyAddress { get; set; }

    /// <summary>
    /// The host, as [user@]host[:port], through which the task is reached, for private subnets. Your own ssh configuration, keys
    /// and agent apply to it alone; it has to accept your login without a prompt. Later commands about the session use the same
    /// route.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "The host through which the task is reached, as [user@]host[:port].")]
    [BlankIsDefault]
    [ValidateNotNullOrEmpty]
    public string? JumpHost { get; set; }

    /// <summary>
    /// The command through which ssh connects to the task's server, as its option ProxyCommand, with %h and %p for address and
    /// port. Cannot go with -JumpHost.
    /// </summary>
    [Parameter(HelpMessage = "The command through which ssh connects, as its ProxyCommand, with %h and %p.")]
    [ValidateNotNullOrEmpty]
    public string? ProxyCommand { get; set; }

    // The limits that hold on the server, also when this machine is gone.

    /// <summary>
    /// The time after which the task ends in any case, in seconds, up to 999999999; 0 for never. Without it the task definition's
    /// _MAX_LIFETIME applies or, if it has none, 14400 (4 hours). The container's start-sshd.sh enforces this limit. For other
    /// scripts, if this parameter is given, the program timeout enforces it, 15 seconds later, provided that the task definition
    /// or -Command names the container's command and the task definition names no entry point.
    /// </summary>
    [Parameter(HelpMessage = "The time after which the task ends in any case, in seconds; 0 for never.")]
    [ValidateRange(0, SessionLimits.Longest)]
    [ProjectKey]
    public int? MaxLifetime { get; set; }

    /// <summary>
    /// The time without input or output in any terminal after which the task ends, in seconds; 0 for never. Without it the task
    /// definition's _IDLE_TIMEOUT applies or, if it has none, there is no such limit. Only the container's start-sshd.sh enforces
    /// this limit.
    /// </summary>
    [Parameter(HelpMessage = "The time without input or output after which the task ends, in seconds.")]
    [ValidateRange(0, SessionLimits.Longest)]
    [ProjectKey]
    public int? IdleTimeout { get; set; }

    /// <summary>
    /// The time within which somebody must log in, in seconds; 0 for no such limit. Without it the task definition's
    /// _LOGIN_TIMEOUT applies or, if it has none, 600. Only the container's start-sshd.sh enforces this limit.
    /// </summary>
    [Parameter(HelpMessage = "The time within which somebody must log in, in seconds; 0 for no such limit.")]
    [ValidateRange(0, SessionLimits.Longest)]
    [ProjectKey]
    public int? LoginTimeout { get; set; }

    /// <summary>
    /// The time that the task waits for another login after the last connection was lost, in seconds; 0 ends it at once.
    /// Enter-FargateShell tries to reconnect for the same time. Without it the task definition's _RECONNECT_WINDOW applies or, if
    /// it has none, 120. Only the container's start-sshd.sh enforces this limit.
    /// </summary>
    [Parameter(HelpMessage = "The time that the task waits after the last connection was lost, in seconds.")]
    [ValidateRange(0, SessionLimits.Longest)]
    public int? ReconnectWindow { get; set; }

    /// <summary>
    /// The time that a session which goes on after its last login waits for another one before its task ends, in seconds; 0 for
    /// no such limit. Without it the task definition's _UNUSED_TIMEOUT applies or, if it has none, 1800 (30 minutes). Only the
    /// container's start-sshd.sh enforces this limit.
    /// </summary>
    [Parameter(HelpMessage = "Seconds that a session goes on without a login after the last one; 0: no limit.")]
    [ValidateRange(0, SessionLimits.Longest)]
    [ProjectKey]
    public int? UnusedTimeout { get; set; }

    // The container.

    /// <summary>The container that runs the SSH server. Without it: 'cli', or the only container there is.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "The container that runs the SSH server.")]
    [BlankIsDefault]
    [ValidateNotNullOrEmpty]
    [ProjectKey]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string? ContainerName { get; set; }

    /// <summary>The user to log in as.</summary>
    /// <value>root</value>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "The user to log in as.")]
    [BlankIsDefault]
    [TextPattern("^[A-Za-z_][A-Za-z0-9_.-]*$",
        "'{0}' is no user name: it has letters, digits, _ . -, and begins with a letter or _.")]
    [ProjectKey]
    [PSDefaultValue(Value = ContainerContract.DefaultUserName)]
    public string? UserName { get; set; }

    /// <summary>The port that the SSH server listens on, 1 to 65535. Unprivileged containers need one above 1023.</summary>
    /// <value>22</value>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "The port that the SSH server listens on, 1 to 65535.")]
    [BlankIsDefault]
    [ValidateRange(1, 65535)]
    [ProjectKey]
    [PSDefaultValue(Value = ContainerContract.DefaultPort)]
    public int? Port { get; set; }

    /// <summary>The words of the command that replaces the container's.</summary>
    [Parameter(HelpMessage = "The words of the command that replaces the container's.")]
    [ValidateNotNullOrEmpty]
    public string[]? Command { get; set; }

    /// <summary>Environment variables for the container. Those of start-sshd.sh, such as _SSH_PORT, are not allowed.</summary>
    [Parameter(HelpMessage = "Environment variables for the container, except those of start-sshd.sh.")]
    [ValidateNotNull]
    public Hashtable? EnvironmentVariable { get; set; }

    /// <summary>The ARN of the role that the container's programs act as. It replaces the task definition's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "The ARN of the role that the container's programs act as.")]
    [BlankIsDefault]
    [ValidateNotNullOrEmpty]
    public string? TaskRoleArn { get; set; }

    // The start of the task.

    /// <summary>The time limit for the task to run, in seconds, 1 to 86400, at each attempt.</summary>
    /// <value>300</value>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "The time limit for the task to run, in seconds, 1 to 86400.")]
    [BlankIsDefault]
    [ValidateRange(1, 86400)]
    [ProjectKey]
    [PSDefaultValue(Value = 300)]
    public int? StartTimeout { get; set; }

    /// <summary>
    /// The number of times that a start without capacity or network interface is repeated, 0 to 16: with one subnet after the
    /// other. A task that stops after New-FargateSession has returned it is started again by the cmdlet that waits for it.
    /// </summary>
    /// <value>2</value>
    [Parameter(HelpMessage = "The number of times that a start without capacity is repeated, 0 to 16.")]
    [ValidateRange(0, 16)]
    [ProjectKey]
    [PSDefaultValue(Value = SessionRequest.DefaultRetryCount)]
    public int? RetryCount { get; set; }

    /// <summary>
    /// FARGATE, or FARGATE_SPOT for spare capacity, which is cheaper and may be reclaimed with two minutes' notice.
    /// </summary>
    /// <value>FARGATE</value>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "FARGATE, or FARGATE_SPOT for spare capacity that may be reclaimed.")]
    [BlankIsDefault]
    [ValidateSet(TaskOptions.Fargate, TaskOptions.FargateSpot)]
    [ProjectKey]
    [PSDefaultValue(Value = TaskOptions.Fargate)]
    public string? CapacityProvider { get; set; }

    /// <summary>With -CapacityProvider FARGATE_SPOT: makes a last attempt on demand when Spot has no room.</summary>
    [Parameter(HelpMessage = "With FARGATE_SPOT: makes a last attempt on demand when Spot has no room.")]
    [ProjectKey]
    public SwitchParameter FallbackToOnDemand { get; set; }

    /// <summary>The version of Fargate's platform, such as 1.4.0, or LATEST. Without it the service's, or the latest.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "The version of Fargate's platform, such as 1.4.0, or LATEST.")]
    [BlankIsDefault]
    [TextPattern(@"^(LATEST|\d+\.\d+\.\d+)$", PlatformWords)]
    [ProjectKey]
    public string? PlatformVersion { get; set; }

    // The server's host key, and the session's key.

    /// <summary>
    /// The method to verify that the server is the session's own. Auto and Strict trust the host key that the server proves in its
    /// first line, by a secret of the session, or that the container has printed to its log in CloudWatch Logs. If there is no
    /// proof, and AWS says that the log does not contain the key within 10 s, Auto warns and trusts the first key that the server
    /// sends, and Strict stops the session; a log that cannot be reached is an error under both. AcceptNew does not read the log.
    /// A proof of another session or another key is an error under each of them.
    /// </summary>
    /// <value>Auto</value>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "How the server proves that it is the session's own: Auto, Strict or AcceptNew.")]
    [BlankIsDefault]
    [ValidateNotNull]
    [PSDefaultValue(Value = EcsFargateLogin.HostKeyVerification.Auto)]
    public HostKeyVerification? HostKeyVerification { get; set; }

    /// <summary>
    /// The addresses that the key is valid from, as the server sees them: IPv4 or IPv6 addresses, and networks such as
    /// 198.51.100.0/24, up to 32. Without it from anywhere.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "The addresses and networks that the key is valid from, up to 32.")]
    [BlankIsDefault]
    [IdList]
    [ValidateCount(1, 32)]
    [ValidateNotNullOrEmpty]
    public string[]? FromAddress { get; set; }

    /// <summary>The kind of the session's one-time key.</summary>
    /// <value>Ed25519</value>
    [Parameter(HelpMessage = "The kind of the session's one-time key: Ed25519, Ecdsa or Rsa.")]
    [ValidateNotNull]
    [PSDefaultValue(Value = SshKeyType.Ed25519)]
    public SshKeyType? KeyType { get; set; }

    /// <summary>
    /// A key of your own in place of the one-time key: the file of a private key, or the public half (.pub) of one in your agent.
    /// A key with a passphrase has to be in the agent. It is never copied, changed or deleted.
    /// </summary>
    [Parameter(HelpMessage = "A key of your own in place of the one-time key: its file or its .pub.")]
    [ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    // The request that the merged values make.

    private SessionRequest RequestOf(ParameterValues values)
    {
        SessionRequest request = new()
        {
            TaskDefinition = values.Get<string>(nameof(FromTaskDefinition)) ?? values.Get(nameof(TaskDefinition), ""),
            IsOfApplication = values.IsGiven(nameof(FromTaskDefinition)),
            Service = PresetRules.ServiceOf(values),
            Cluster = PresetRules.ClusterOf(values),
            Subnets = values.Get<string[]>(nameof(Subnet), []),
            SecurityGroups = values.Get<string[]>(nameof(SecurityGroup), []),
            ContainerName = values.Get<string>(nameof(ContainerName)),
            AssignPublicIp = values.Get<AssignPublicIp>(nameof(AssignPublicIp)) == EcsFargateLogin.AssignPublicIp.Enabled,
            Transport = values.Get<FargateTransport>(nameof(Transport)),
            Port = values.Get<int>(nameof(Port)),
            Environment = ContainerContract.CheckVariables(values.Get<IDictionary>(nameof(EnvironmentVariable))),
            Command = values.Get<string[]>(nameof(Command), []),
            Size = new TaskSize
            {
                Cpu = values.Get<int?>(nameof(Cpu)),
                Memory = values.Get<int?>(nameof(Memory)),
                EphemeralStorage = values.Get<int?>(nameof(EphemeralStorage)),
            },
            TaskRoleArn = values.Get<string>(nameof(TaskRoleArn)),
            Limits = LimitsOf(values),
            Tags = SessionTags.Of(values.Get<string>(nameof(Reason)), values.Get<IDictionary>(nameof(Tag))),
            CapacityProvider = values.Get<string>(nameof(CapacityProvider))!,
            PlatformVersion = values.Get<string>(nameof(PlatformVersion)),
            FallsBackToOnDemand = values.Get<bool>(nameof(FallbackToOnDemand)),
            RetryCount = values.Get<int>(nameof(RetryCount)),
            StartTimeout = TimeSpan.FromSeconds(values.Get<int>(nameof(StartTimeout))),
        };
        return HasSsh(values) ? WithSsh(request, values) : request;
    }

    /// <summary>Adds the values that only ssh needs. Those of a preset are ignored where ssh is not used.</summary>
    private SessionRequest WithSsh(SessionRequest request, ParameterValues values)
    {
        var route = RouteRequest.Of(
            values.Get<FargateRoute>(nameof(Route)),
            values.Get<string>(nameof(InstanceConnectEndpoint)),
            SshProxy.FromParameters(values.Get<string>(nameof(JumpHost)), values.Get<string>(nameof(ProxyCommand)), FindProgram));
        return request with
        {
            UserName = values.Get<string>(nameof(UserName))!,
            HostKeyVerification = values.Get<HostKeyVerification>(nameof(HostKeyVerification)),
            KeyType = values.Get<SshKeyType>(nameof(KeyType)),
            KeyPath = OwnKeyPathOf(values),
            FromAddresses = AuthorizedKey.CheckAddresses(values.Get<string[]>(nameof(FromAddress), [])),
            Route = route.Route!.Value,
            InstanceConnectEndpoint = route.InstanceConnectEndpoint,
            Proxy = route.Proxy,
        };
    }

    private static SessionLimits LimitsOf(ParameterValues values) => new()
    {
        MaxLifetime = values.Get<int?>(nameof(MaxLifetime)),
        LoginTimeout = values.Get<int?>(nameof(LoginTimeout)),
        IdleTimeout = values.Get<int?>(nameof(IdleTimeout)),
        ReconnectWindow = values.Get<int?>(nameof(ReconnectWindow)),
        UnusedTimeout = values.Get<int?>(nameof(UnusedTimeout)),
    };

    private string? OwnKeyPathOf(ParameterValues values) => values.Get<string>(nameof(KeyPath)) switch
    {
        null => null,
        var path when values.IsBound(nameof(KeyType)) => throw KeyErrors.KeyGivenTwice(path),
        var path => GetUnresolvedProviderPathFromPSPath(path),
    };
}
