using System.Collections;
using System.Collections.Concurrent;
using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Sessions;
using EcsFargateLogin.Sessions.Journals;
using EcsFargateLogin.Sessions.Starting;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Starts a one-off Fargate task whose container runs an SSH server, with a one-time key that only this session has.
/// </summary>
[Cmdlet(VerbsCommon.New, "FargateSession", DefaultParameterSetName = LoginSet, SupportsShouldProcess = true,
    HelpUri = HelpPages.Folder + "New-FargateSession.md")]
[OutputType(typeof(FargateSession))]
public sealed partial class NewFargateSessionCommand : AwsCmdlet
{
    /// <summary>The most sessions of one record: what AWS takes at once, and what one DescribeTasks tells of.</summary>
    private const int MostSessions = 100;

    private IFargateCloud? _cloud;
    private KeyGenerator? _keyGenerator;
    private OwnKeyReader? _ownKeys;

    /// <summary>The task definition: family (its latest revision), family:revision or ARN.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = LoginSet,
        HelpMessage = "The task definition: family (its latest revision), family:revision or ARN.")]
    [BlankIsDefault]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TaskDefinitionCompleter))]
    public string TaskDefinition { get; set; } = "";

    /// <summary>The cluster's name or ARN.</summary>
    /// <value>default</value>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "The cluster's name or ARN.")]
    [BlankIsDefault]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string Cluster { get; set; } = "default";

    /// <summary>
    /// 1 to 16 subnet ids. With a public address, subnets that have a route to an internet gateway. Several may stand in
    /// one text, as in a cell of a table, with ',', ';' or blanks between them.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "1 to 16 subnet ids. With a public address, public subnets.")]
    [BlankIsDefault]
    [IdList]
    [ValidateCount(1, 16)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SubnetCompleter))]
    public string[] Subnet { get; set; } = [];

    /// <summary>Up to 5 security group ids that let your address in. Without it the VPC's default group is used.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "Up to 5 security group ids that let your address in.")]
    [BlankIsDefault]
    [IdList]
    [ValidateCount(1, 5)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SecurityGroupCompleter))]
    public string[] SecurityGroup { get; set; } = [];

    /// <summary>The container that runs the SSH server. Without it: 'cli', or the only container there is.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "The container that runs the SSH server.")]
    [BlankIsDefault]
    [ValidateNotNullOrEmpty]
    public string? ContainerName { get; set; }

    /// <summary>Whether the task gets a public address.</summary>
    /// <value>Enabled</value>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "Whether the task gets a public address: Enabled or Disabled.")]
    [BlankIsDefault]
    public AssignPublicIp AssignPublicIp { get; set; } = AssignPublicIp.Enabled;

    /// <summary>The port that the SSH server listens on, 1 to 65535. Unprivileged containers need one above 1023.</summary>
    /// <value>22</value>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "The port that the SSH server listens on, 1 to 65535.")]
    [BlankIsDefault]
    [ValidateRange(1, 65535)]
    public int Port { get; set; } = ContainerContract.DefaultPort;

    /// <summary>The user to log in as.</summary>
    /// <value>root</value>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "The user to log in as.")]
    [BlankIsDefault]
    [ValidatePattern("^[A-Za-z_][A-Za-z0-9_.-]*$")]
    public string UserName { get; set; } = ContainerContract.DefaultUserName;

    /// <summary>Environment variables for the container. Not those that are start-sshd.sh's own, such as _SSH_PORT.</summary>
    [Parameter(HelpMessage = "Environment variables for the container, but for those of start-sshd.sh.")]
    [ValidateNotNull]
    public Hashtable? EnvironmentVariable { get; set; }

    /// <summary>Takes the place of the container's command, word by word.</summary>
    [Parameter(HelpMessage = "Takes the place of the container's command, word by word.")]
    [ValidateNotNullOrEmpty]
    public string[] Command { get; set; } = [];

    /// <summary>The ARN of the role that the container's programs act as. Takes the place of the task definition's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "The ARN of the role that the container's programs act as.")]
    [BlankIsDefault]
    [ValidateNotNullOrEmpty]
    public string? TaskRoleArn { get; set; }

    /// <summary>
    /// FARGATE, or FARGATE_SPOT for spare capacity, which is cheaper and may be taken back with two minutes' notice.
    /// </summary>
    /// <value>FARGATE</value>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "FARGATE, or FARGATE_SPOT for spare capacity that may be taken back.")]
    [BlankIsDefault]
    [ValidateSet(RunTaskRequest.Fargate, RunTaskRequest.FargateSpot)]
    public string CapacityProvider { get; set; } = RunTaskRequest.Fargate;

    /// <summary>With -CapacityProvider FARGATE_SPOT: makes a last attempt on demand when Spot has no room.</summary>
    [Parameter(HelpMessage = "With FARGATE_SPOT: makes a last attempt on demand when Spot has no room.")]
    public SwitchParameter FallbackToOnDemand { get; set; }

    /// <summary>
    /// How many times a start is repeated for which there was no capacity or no network interface, 0 to 16: with one of
    /// the subnets after the other. A task that stops after New-FargateSession has returned it is started again by the
    /// cmdlet that waits for it.
    /// </summary>
    /// <value>2</value>
    [Parameter(HelpMessage = "How many times a start is repeated for want of capacity, 0 to 16.")]
    [ValidateRange(0, 16)]
    public int RetryCount { get; set; } = SessionRequest.DefaultRetryCount;

    /// <summary>How many sessions to start, 1 to 100, each with a key of its own.</summary>
    /// <value>1</value>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "How many sessions to start, 1 to 100, each with a key of its own.")]
    [BlankIsDefault]
    [ValidateRange(1, MostSessions)]
    public int Count { get; set; } = 1;

    /// <summary>How long the task may take until it runs, in seconds, 1 to 86400, at each attempt.</summary>
    /// <value>300</value>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "How long the task may take until it runs, in seconds, 1 to 86400.")]
    [BlankIsDefault]
    [ValidateRange(1, 86400)]
    public int StartTimeout { get; set; } = (int)FargateSession.DefaultStartTimeout.TotalSeconds;

    /// <summary>
    /// Returns each session only when its SSH server answers; a session that does not get there is stopped. The records
    /// of a pipeline are waited for one after the other; Wait-FargateSession waits for all of them together.
    /// </summary>
    [Parameter(HelpMessage = "Returns each session only when its SSH server answers.")]
    public SwitchParameter Wait { get; set; }

    /// <summary>Notes what was typed.</summary>
    protected override void BeginProcessing() => _typed = [.. MyInvocation.BoundParameters.Keys];

    /// <summary>Starts this record's sessions.</summary>
    protected override void ProcessRecord() => WithPreset(() => Guard(Subject, () =>
    {
        FindPrograms();
        var request = RequestOf();
        ThrowUnlessIngressHasGroup();
        var what = Count == 1 ? "Start Fargate task" : $"Start {Count} Fargate tasks";
        if (ShouldProcess($"{Subject} in cluster {ClusterOfRecord}", what + IngressInWords))
        {
            var cloud = Connect();
            NoteService();
            WarnOfEarlierSessions(cloud);
            Start(cloud, request with { AuthorizedCidr = AuthorizedCidr() });
        }
    }));

    private void WarnOfEarlierSessions(IFargateCloud cloud)
    {
        if (Await((_, cancellationToken) => EarlierSessions.FindOnceAsync(cloud, Journal, cancellationToken)) is { Count: > 0 } found)
        {
            WriteWarning(EarlierSessions.WarningOf(found));
        }
    }

    private protected override void Show(SessionEvent happened)
    {
        base.Show(happened);
        switch (happened)
        {
            case SessionStarted { Session: var session }:
                RememberCredentials(session);
                session.ParameterSource = new Dictionary<string, string>(_sources);
                WriteVerbose($"Session {session} is task {session.TaskArn}.");
                if (!Wait)
                {
                    Write(session);
                }

                break;
            case SessionReady ready:
                Write(ready.Session);
                break;
            case SessionFailed { Session: var session, Error: var error }:
                Held.Leave(session);
                Close(_cloud!, session, "it did not become ready");
                Report(error, Subject);
                break;
        }
    }

    private void Start(IFargateCloud cloud, SessionRequest request)
    {
        _ownKeys ??= request.KeyPath is null
            ? null
            : new OwnKeyReader(FindProgram("ssh-keygen"), FindProgramOrNull("ssh-add"));
        _cloud = cloud;
        ConcurrentBag<(FargateSession, Task)> closings = [];
        // At once, while answers to other RunTask calls are still waited for.
        var early = CancelToken.Register(() => BeginClosing(Held.TakeAll(hasSucceeded: false)));
        try
        {
            var errors = Await((progress, cancellationToken) => StartAsync(cloud, request, progress, cancellationToken));
            foreach (var error in errors)
            {
                ReportOrShow(error);
            }
        }
        finally
        {
            early.Dispose();
            // After a break or a later command that has enough, those that are left are of no use to anybody.
            BeginClosing(Held.TakeUnwritten());
            CleanUpAll(closings);
        }

        void BeginClosing(IReadOnlyList<HeldSession> unwanted)
        {
            foreach (var held in unwanted)
            {
                closings.Add((held.Session, this.BeginClosing(cloud, held.Session, held.Reason)));
            }
        }
    }

    /// <summary>A stopped pipeline takes no more errors, but that a task may still run must be said.</summary>
    private void ReportOrShow(FargateException error)
    {
        if (CancelToken.IsCancellationRequested)
        {
            CleanUp(() => Task.FromException(error), Subject);
        }
        else
        {
            Report(error, Subject);
        }
    }

    private async Task<IReadOnlyList<FargateException>> StartAsync(
        IFargateCloud cloud, SessionRequest request, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        SessionLauncher launcher = new(cloud, Journal, _keyGenerator)
        {
            OwnKeys = _ownKeys,
            Starter = StarterFor(cloud),
        };
        ConcurrentBag<FargateSession> sessions = [];
        StartedSessions started = new(progress, session =>
        {
            sessions.Add(session);
            Held.Start(session, cloud);
        });
        var errors = await launcher.LaunchAsync(request, Count, started, cancellationToken).ConfigureAwait(false);
        if (Wait)
        {
            await WaiterFor(cloud)
                .WaitAsync([.. sessions], new Readiness(PreferPrivate: false, CanBeEntered: true), progress, cancellationToken)
                .ConfigureAwait(false);
        }

        return errors;
    }

    private void Write(FargateSession session)
    {
        CompleteProgress();
        Held.Write(this, session);
    }

    /// <summary>Notes each session before its event is on its way: one that nobody gets to see must be stopped.</summary>
    private sealed class StartedSessions(IProgress<SessionEvent> progress, Action<FargateSession> note) : IProgress<SessionEvent>
    {
        public void Report(SessionEvent value)
        {
            if (value is SessionStarted started)
            {
                note(started.Session);
            }

            progress.Report(value);
        }
    }
}
