using System.Globalization;
using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Lifecycle.Listing;
using EcsFargateLogin.Logs;
using EcsFargateLogin.Pipeline;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Returns what containers have printed, from CloudWatch Logs: of sessions, of tasks, or of the tasks of a service. It logs in nowhere,
/// and ends nothing.
/// </summary>
[Cmdlet(VerbsCommon.Get, "FargateLog", DefaultParameterSetName = SessionSet, HelpUri = HelpPages.Folder + "Get-FargateLog.md")]
[OutputType(typeof(FargateLogEvent))]
public sealed class GetFargateLogCommand : AwsCmdlet
{
    private const string SessionSet = "Session";
    private const string ServiceSet = "Service";
    private const string TaskSet = "Task";

    private readonly List<(FargateSession Session, IFargateCloud Cloud)> _targets = [];

    /// <summary>Sessions, as New-FargateSession returns them, or their ids. One that has ended keeps its log.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = SessionSet,
        HelpMessage = "Sessions, as New-FargateSession returns them, or their ids.")]
    [SessionArgument(IsNeededHere = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public FargateSession[] Session { get; set; } = [];

    /// <summary>A service, by name or ARN: all of its tasks that run.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ServiceSet, HelpMessage = "A service: all of its tasks that run.")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ServiceCompleter))]
    public string? Service { get; set; }

    /// <summary>Tasks by ARN, or by id together with -Cluster. ECS knows one for an hour after it has stopped.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = TaskSet,
        HelpMessage = "Tasks by ARN, or by id together with -Cluster.")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TaskArnCompleter))]
    public string[] TaskArn { get; set; } = [];

    /// <summary>
    /// The cluster of the service or tasks. Without it the ARN's own, or 'default'. A session has its own, whatever this says.
    /// </summary>
    [Parameter(HelpMessage = "The cluster of the service or tasks.")]
    [BlankIsDefault]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string? Cluster { get; set; }

    /// <summary>
    /// The containers. Without it that of a session, and of other tasks each with a log in CloudWatch Logs.
    /// </summary>
    [Parameter(HelpMessage = "The containers.")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string[] ContainerName { get; set; } = [];

    /// <summary>The number of the last messages of each container, 1 to 10000. Without it all.</summary>
    [Parameter(HelpMessage = "The number of the last messages of each container, 1 to 10000.")]
    [ValidateRange(1, 10000)]
    public int? Tail { get; set; }

    /// <summary>The time of the first message: a time, or a duration before now, such as 0:10 for ten minutes.</summary>
    [Parameter(HelpMessage = "The time of the first message: a time, or a duration before now.")]
    [SinceArgument]
    [ValidateNotNull]
    public DateTimeOffset? Since { get; set; }

    /// <summary>
    /// Goes on with what the containers print, until all tasks have ended. $LASTEXITCODE is then the exit code of the container; of
    /// several the last one that is not 0.
    /// </summary>
    [Parameter(HelpMessage = "Goes on with what the containers print, until all tasks have ended.")]
    public SwitchParameter Follow { get; set; }

    /// <summary>Finds the tasks of this record.</summary>
    protected override void ProcessRecord() => Guard(null, () =>
    {
        var sessions = ParameterSetName switch
        {
            ServiceSet => FindTasksOfService(Service!),
            TaskSet => [.. TaskArn.Select(taskArn => Journal.SessionOfTask(taskArn, Cluster))],
            _ => Session,
        };
        foreach (var session in sessions)
        {
            Guard(session, () => _targets.Add((session, Connect(session))));
        }
    });

    /// <summary>Reads the logs of all tasks together.</summary>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        Guard(null, () =>
        {
            foreach (var byCloud in _targets.GroupBy(target => target.Cloud, target => target.Session))
            {
                Read(byCloud.Key, [.. byCloud.DistinctBy(session => session.TaskArn)]);
            }
        });
    }

    private void Read(IFargateCloud cloud, FargateSession[] sessions)
    {
        List<ContainerStream> streams = [];
        foreach (var session in sessions)
        {
            Guard(TargetOf(session), () => streams.AddRange(Await((_, cancellationToken) =>
                ContainerStream.FindAsync(cloud, session, ContainerName, cancellationToken))));
        }

        if (streams.Count == 0)
        {
            return;
        }

        int? exitCode = null;
        using var pump = Begin(async (pump, cancellationToken) =>
        {
            LogQuery query = new() { Tail = Tail, Since = Since };
            LogReading reading = new(
                cloud, streams, query, events => pump.Write(() => WriteObject(events, enumerateCollection: true)));
            if (Follow)
            {
                exitCode = await reading.FollowAsync(cancellationToken);
            }
            else
            {
                await reading.ReadAsync(cancellationToken);
            }
        });
        Await(pump);
        NoteExitCode(exitCode);
    }

    private void NoteExitCode(int? exitCode)
    {
        if (exitCode is { } code)
        {
            SessionState.PSVariable.Set("global:LASTEXITCODE", code);
            if (code != 0)
            {
                NativeConventions.NoteFailure(this);
            }
        }
    }

    /// <summary>What an error about a session is about: the ARN or id that was given for its task, or the session.</summary>
    private object TargetOf(FargateSession session) => ParameterSetName == TaskSet ? session.TaskArn : session;

    private FargateSession[] FindTasksOfService(string service)
    {
        var cluster = Cluster ?? Model.TaskArn.ClusterOfService(service) ?? "default";
        var cloud = Connect(SessionJournal.StandInFor(service, cluster));
        var taskArns = Await((_, cancellationToken) =>
            RunningTasks.ListOfServiceAsync(cloud, cluster, service, cancellationToken));
        return [.. taskArns.Select(taskArn => SessionJournal.StandInFor(taskArn, cluster))];
    }
}

/// <summary>Accepts a duration before now in place of a time.</summary>
internal sealed class SinceArgumentAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        PSValue.Unwrap(inputData) switch
        {
            TimeSpan duration => DateTimeOffset.UtcNow - duration.Duration(),
            string text when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) && text.Contains(':') =>
                DateTimeOffset.UtcNow - duration.Duration(),
            string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var time) => time,
            DateTime or DateTimeOffset or null => inputData,
            var other => throw new ArgumentTransformationMetadataException(
                $"'{other}' is neither a time, such as '2026-11-29 14:00', nor a duration before now, such as 0:10 for ten minutes."),
        };
}
