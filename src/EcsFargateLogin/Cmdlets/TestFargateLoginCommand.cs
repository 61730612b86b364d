using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Doctor;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Pipeline;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Checks everything that a session needs: OpenSSH, credentials, region, clock, cluster, task definition, subnets, security
/// groups, routes and permissions. It reports the state of each, and what to do about it. It changes nothing, checks as much as
/// is named and as permissions allow, and ends without an error whatever it finds. With -Deep it starts a session, and stops it.
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "FargateLogin", SupportsShouldProcess = true,
    HelpUri = HelpPages.Folder + "Test-FargateLogin.md")]
[OutputType(typeof(FargateLoginCheck))]
public sealed class TestFargateLoginCommand : AwsCmdlet
{
    /// <summary>The task definition: family (its latest revision), family:revision or ARN.</summary>
    [Parameter(Position = 0, HelpMessage = "The task definition: family (its latest revision), family:revision or ARN.")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TaskDefinitionCompleter))]
    public string? TaskDefinition { get; set; }

    /// <summary>The cluster's name or ARN.</summary>
    /// <value>default</value>
    [Parameter(HelpMessage = "The cluster's name or ARN.")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string Cluster { get; set; } = "default";

    /// <summary>1 to 16 subnet ids.</summary>
    [Parameter(HelpMessage = "1 to 16 subnet ids.")]
    [IdList]
    [ValidateCount(1, 16)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SubnetCompleter))]
    public string[] Subnet { get; set; } = [];

    /// <summary>Up to 5 security group ids.</summary>
    [Parameter(HelpMessage = "Up to 5 security group ids.")]
    [IdList]
    [ValidateCount(1, 5)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SecurityGroupCompleter))]
    public string[] SecurityGroup { get; set; } = [];

    /// <summary>
    /// The task's CPU, as New-FargateSession takes it: 0.25 to 16 vCPUs, or 256 to 16384 CPU units. Without it the task
    /// definition's.
    /// </summary>
    [Parameter(HelpMessage = "The task's vCPUs, 0.25 to 16, or its CPU units, 256 to 16384.")]
    [TaskSize(TaskSizeValue.Cpu)]
    [ArgumentCompleter(typeof(CpuCompleter))]
    public int? Cpu { get; set; }

    /// <summary>
    /// The task's memory in MiB, 512 to 122880, or with a unit, such as 4GB. Without it the task definition's.
    /// </summary>
    [Parameter(HelpMessage = "The task's memory in MiB, or with a unit, such as 4GB.")]
    [TaskSize(TaskSizeValue.Memory)]
    [ArgumentCompleter(typeof(MemoryCompleter))]
    public int? Memory { get; set; }

    /// <summary>
    /// The task's ephemeral storage in GiB, 21 to 200, or with a unit, such as 50GB. Without it the task definition's, or 20.
    /// </summary>
    [Parameter(HelpMessage = "The task's ephemeral storage in GiB, 21 to 200.")]
    [TaskSize(TaskSizeValue.EphemeralStorage)]
    [ArgumentCompleter(typeof(EphemeralStorageCompleter))]
    public int? EphemeralStorage { get; set; }

    /// <summary>Whether the task is to get a public address.</summary>
    /// <value>Enabled</value>
    [Parameter(HelpMessage = "Whether the task is to get a public address.")]
    public AssignPublicIp AssignPublicIp { get; set; } = AssignPublicIp.Enabled;

    /// <summary>The port that the SSH server listens on, 1 to 65535.</summary>
    /// <value>22</value>
    [Parameter(HelpMessage = "The port that the SSH server listens on, 1 to 65535.")]
    [ValidateRange(1, 65535)]
    public int Port { get; set; } = ContainerContract.DefaultPort;

    /// <summary>The container that runs the SSH server. Without it: 'cli', or the only container there is.</summary>
    [Parameter(HelpMessage = "The container that runs the SSH server.")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string? ContainerName { get; set; }

    /// <summary>
    /// How the container is to be reached: what ECS Exec needs is checked for EcsExec and Auto, what ssh needs for Ssh and
    /// Auto.
    /// </summary>
    /// <value>Ssh</value>
    [Parameter(HelpMessage = "How the container is to be reached: Ssh, EcsExec or Auto.")]
    public FargateTransport Transport { get; set; }

    /// <summary>
    /// The route by which ssh is to reach the container. What it needs is checked, and with Auto what each route needs that such a
    /// task could use: a lack is then a warning, unless none is left.
    /// </summary>
    /// <value>Auto</value>
    [Parameter(HelpMessage = "The route to check: Auto, Public, Private, InstanceConnect or SessionManager.")]
    public FargateRoute Route { get; set; }

    /// <summary>
    /// The id of the EC2 Instance Connect Endpoint to use, eice-…. Without it one of the subnets' VPC, rather one in them.
    /// </summary>
    [Parameter(HelpMessage = "The id of the EC2 Instance Connect Endpoint to use.")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceConnectEndpointCompleter))]
    public string? InstanceConnectEndpoint { get; set; }

    /// <summary>The version of Fargate's platform, such as 1.4.0, or LATEST. Without it the latest.</summary>
    [Parameter(HelpMessage = "The version of Fargate's platform, such as 1.4.0, or LATEST.")]
    [TextPattern(@"^(LATEST|\d+\.\d+\.\d+)$", NewFargateSessionCommand.PlatformWords)]
    public string? PlatformVersion { get; set; }

    /// <summary>
    /// The IPv4 or IPv6 address by which AWS sees this machine. Without it the service at the URL in the environment variable
    /// ECSFARGATELOGIN_MYADDRESS_URL is asked; without that, it is not checked whether the address is allowed.
    /// </summary>
    [Parameter(HelpMessage = "The IPv4 or IPv6 address by which AWS sees this machine.")]
    [ValidateNotNullOrEmpty]
    public string? MyAddress { get; set; }

    /// <summary>
    /// Starts a session, reports each phase until it can be entered, and stops it. Needs a task definition and subnets.
    /// </summary>
    [Parameter(HelpMessage = "Starts a session, reports each phase until it can be entered, and stops it.")]
    public SwitchParameter Deep { get; set; }

    /// <summary>Runs all checks.</summary>
    protected override void ProcessRecord() => Guard(TaskDefinition, () =>
    {
        var (ssh, sshKeygen) = (FindProgramOrNull("ssh"), FindProgramOrNull("ssh-keygen"));
        CheckRoute();
        var request = RequestOf();
        CheckPrograms(ssh, sshKeygen);
        if (Reach() is { } cloud)
        {
            request = request with { StartsSession = WantsSession(ssh, sshKeygen) };
            var groups = LoginDoctor.Groups.Append(new StartTimeChecks(Journal.Starts))
                .Concat(request.StartsSession ? [SessionCheckFor(cloud, sshKeygen)] : []);
            Await((_, cancellationToken) => LoginDoctor.RunAsync(
                groups, new Examination(request, cloud, row => Show(row, cancellationToken)), cancellationToken));
        }
    });

    /// <summary>Checks the parameters as New-FargateSession does.</summary>
    private void CheckRoute()
    {
        RouteRequest.Of(Route, InstanceConnectEndpoint, proxy: null);
        if (!Transport.HasSsh())
        {
            ThrowIfGiven([nameof(Route), nameof(InstanceConnectEndpoint)]);
        }
    }

    private void CheckPrograms(string? ssh, string? sshKeygen)
    {
        if (Transport.HasSsh())
        {
            Await((_, cancellationToken) =>
                new ProgramChecks(ssh, sshKeygen, row => Show(row, cancellationToken)).RunAsync(cancellationToken));
        }
    }

    /// <summary>Shows a row at once. Can be called on any thread.</summary>
    private async Task Show(FargateLoginCheck row, CancellationToken cancellationToken) => await OnPipelineThread(
        () =>
        {
            WriteObject(row);
            return row;
        },
        cancellationToken);

    /// <summary>Connects to AWS, or shows rows that say why that failed and what is not checked for that reason.</summary>
    private IFargateCloud? Reach()
    {
        try
        {
            return Connect();
        }
        catch (FargateException e)
        {
            var check = e.Error is FargateError.NoRegion or FargateError.InvalidEndpoint ? "region" : "credentials";
            WriteObject(new FargateLoginCheck(check, FargateCheckResult.Failed, Examination.Finding(e), e.NextStep));
            WriteObject(new FargateLoginCheck(
                "account",
                FargateCheckResult.NotChecked,
                "clock, cluster, task definition, subnets, security groups and permissions: AWS cannot be asked about them"));
            return null;
        }
    }

    private bool WantsSession(string? ssh, string? sshKeygen)
    {
        if (!Deep)
        {
            return false;
        }

        if (TaskDefinition is null || Subnet.Length == 0 || (Transport.HasSsh() && (ssh is null || sshKeygen is null)))
        {
            WriteWarning(
                $"No session was started: -Deep needs -TaskDefinition, -Subnet{(Transport.HasSsh() ? " and OpenSSH" : "")}.");
            return false;
        }

        return ShouldProcess($"{TaskDefinition} in cluster {Cluster}", "Start and stop Fargate task");
    }

    private SessionCheck SessionCheckFor(IFargateCloud cloud, string? sshKeygen) => new()
    {
        Parts = new(Journal, sshKeygen is null ? null : new KeyGenerator(sshKeygen), StarterFor(cloud), CloserFor(cloud)),
    };

    private DoctorRequest RequestOf() => new()
    {
        TaskDefinition = TaskDefinition,
        Cluster = Cluster,
        Subnets = Subnet,
        SecurityGroups = SecurityGroup,
        Size = new TaskSize { Cpu = Cpu, Memory = Memory, EphemeralStorage = EphemeralStorage },
        AssignPublicIp = AssignPublicIp == AssignPublicIp.Enabled,
        Port = Port,
        ContainerName = ContainerName,
        Transport = Transport,
        Route = Route,
        InstanceConnectEndpoint = InstanceConnectEndpoint,
        PlatformVersion = PlatformVersion,
        MyCidr = Await((_, cancellationToken) => FindMyAddressAsync(cancellationToken)),
    };

    private async Task<string?> FindMyAddressAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Trust.MyAddress.FindAsync(MyAddress, cancellationToken);
        }
        catch (FargateException) when (MyAddress is null)
        {
            return null;
        }
    }
}
