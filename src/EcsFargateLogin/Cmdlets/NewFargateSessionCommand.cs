using System.Collections;
using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Sessions;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Starts a one-off Fargate task whose container runs an SSH server, with a one-time key that only this session has.
/// </summary>
[Cmdlet(VerbsCommon.New, "FargateSession", SupportsShouldProcess = true)]
[OutputType(typeof(FargateSession))]
public sealed partial class NewFargateSessionCommand : AwsCmdlet
{
    private KeyGenerator? _keyGenerator;

    /// <summary>The task definition: family (its latest revision), family:revision or ARN.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TaskDefinitionCompleter))]
    public string TaskDefinition { get; set; } = "";

    /// <summary>The cluster's name or ARN.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string Cluster { get; set; } = "default";

    /// <summary>1 to 16 subnet ids. With a public address, subnets that have a route to an internet gateway.</summary>
    [Parameter(Mandatory = true)]
    [ValidateCount(1, 16)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SubnetCompleter))]
    public string[] Subnet { get; set; } = [];

    /// <summary>Up to 5 security group ids that let your address in. Without it the VPC's default group is used.</summary>
    [Parameter]
    [ValidateCount(1, 5)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SecurityGroupCompleter))]
    public string[] SecurityGroup { get; set; } = [];

    /// <summary>The container that runs the SSH server. Without it: 'cli', or the only container there is.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ContainerName { get; set; }

    /// <summary>Whether the task gets a public address.</summary>
    [Parameter]
    public AssignPublicIp AssignPublicIp { get; set; } = AssignPublicIp.Enabled;

    /// <summary>The port that the SSH server listens on, 1 to 65535. Unprivileged containers need one above 1023.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int Port { get; set; } = ContainerContract.DefaultPort;

    /// <summary>The user to log in as.</summary>
    [Parameter]
    [ValidatePattern("^[A-Za-z_][A-Za-z0-9_.-]*$")]
    public string UserName { get; set; } = ContainerContract.DefaultUserName;

    /// <summary>Environment variables for the container. Names must not begin with '_'.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable? EnvironmentVariable { get; set; }

    /// <summary>Takes the place of the container's command, word by word.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Command { get; set; } = [];

    /// <summary>The ARN of the role that the container's programs act as. Takes the place of the task definition's.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? TaskRoleArn { get; set; }

    /// <summary>How long the task may take until it runs, in seconds, 1 to 86400.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int StartTimeout { get; set; } = (int)FargateSession.DefaultStartTimeout.TotalSeconds;

    /// <summary>Returns the session only when its SSH server answers; a session that does not get there is stopped.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>Looks for OpenSSH before any task is started.</summary>
    protected override void BeginProcessing() => Guard(null, () =>
    {
        FindProgram("ssh");
        _keyGenerator = new KeyGenerator(FindProgram("ssh-keygen"));
    });

    /// <summary>Starts one session.</summary>
    protected override void ProcessRecord() => Guard(TaskDefinition, () =>
    {
        var request = RequestOf();
        if (ShouldProcess($"{TaskDefinition} in cluster {Cluster}", "Start Fargate task"))
        {
            var cloud = Connect();
            WarnOfEarlierSessions(cloud);
            Start(cloud, request);
        }
    });

    private void WarnOfEarlierSessions(IFargateCloud cloud)
    {
        if (Await((_, cancellationToken) => EarlierSessions.FindOnceAsync(cloud, Journal, cancellationToken)) is { Count: > 0 } found)
        {
            WriteWarning(EarlierSessions.WarningOf(found));
        }
    }

    private void Start(IFargateCloud cloud, SessionRequest request)
    {
        FargateSession? session = null;
        try
        {
            Await(async (_, cancellationToken) =>
            {
                SessionLauncher launcher = new(cloud, Journal, _keyGenerator!);
                session = await launcher.LaunchAsync(request, cancellationToken).ConfigureAwait(false);
            });
            RememberCredentials(session!);
            WriteVerbose($"Session {session} is task {session!.TaskArn}.");
            if (Wait)
            {
                WaitUntilReady(cloud, session);
            }

            HandOver(session);
        }
        finally
        {
            if (session is { IsTaken: false })
            {
                Close(cloud, session, "nobody took the session over");
            }
        }
    }

    private void HandOver(FargateSession session)
    {
        try
        {
            WriteObject(session);
            session.IsTaken = true;
        }
        catch (Exception e) when (UpstreamStop.IsContent(e, CommandRuntime))
        {
            session.IsTaken = true;
            throw;
        }
    }

    private void WaitUntilReady(IFargateCloud cloud, FargateSession session)
    {
        Await((progress, cancellationToken) => new SessionWaiter(cloud, new WaitOptions())
            .WaitAsync(session, new Readiness(PreferPrivate: false, SshAnswers: true), progress, cancellationToken));
        CompleteProgress();
    }

    private SessionRequest RequestOf() => new()
    {
        TaskDefinition = TaskDefinition,
        Cluster = Cluster,
        Subnets = Subnet,
        SecurityGroups = SecurityGroup,
        ContainerName = ContainerName,
        AssignPublicIp = AssignPublicIp == AssignPublicIp.Enabled,
        Port = Port,
        UserName = UserName,
        Environment = ContainerContract.CheckVariables(EnvironmentVariable),
        Command = Command,
        TaskRoleArn = TaskRoleArn,
        Limits = Limits,
        StartTimeout = TimeSpan.FromSeconds(StartTimeout),
    };
}
