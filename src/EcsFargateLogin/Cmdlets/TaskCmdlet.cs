using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Model;
using EcsFargateLogin.Pipeline;

namespace EcsFargateLogin.Cmdlets;

/// <summary>A cmdlet that takes sessions, or tasks by their ARNs.</summary>
public abstract class TaskCmdlet : AwsCmdlet
{
    private protected const string SessionSet = "Session";
    private protected const string TaskSet = "Task";
    private protected const string IdSet = "Id";

    private protected TaskCmdlet()
    {
    }

    /// <summary>Sessions, as New-FargateSession returns them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = SessionSet,
        HelpMessage = "Sessions, as New-FargateSession returns them.")]
    [SessionArgument]
    [ValidateNotNullOrEmpty]
    public FargateSession[] Session { get; set; } = [];

    /// <summary>
    /// Sessions by their short ids. Those of this machine are reached as they were started; others are searched for by
    /// their ids in the cluster.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = IdSet,
        HelpMessage = "Sessions by their short ids.")]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public string[] SessionId { get; set; } = [];

    /// <summary>Tasks by ARN, or by id together with -Cluster.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = TaskSet,
        HelpMessage = "Tasks by ARN, or by id together with -Cluster.")]
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = IdSet,
        HelpMessage = "Tasks by ARN, or by id together with -Cluster.")]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(TaskArnCompleter))]
    public string[] TaskArn { get; set; } = [];

    /// <summary>
    /// The cluster of the tasks. Without it the ARN's own, or 'default'. A session of this machine has its own, whatever this says.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "The cluster of the tasks.")]
    [BlankIsDefault]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string? Cluster { get; set; }

    /// <summary>The sessions of this record, with a connection to AWS for each.</summary>
    private protected IEnumerable<(FargateSession Session, IFargateCloud Cloud)> Targets()
    {
        var sessions = ParameterSetName switch
        {
            SessionSet => Session.Select(
                session => session is { IsDamaged: true, TaskArn: "" } ? FindByStartedBy(session.SessionId) : session),
            IdSet => SessionsById(),
            _ => SessionsByTask(),
        };
        foreach (var session in sessions.OfType<FargateSession>())
        {
            yield return (session, Connect(session));
        }
    }

    /// <summary>Handles a session with an entry that cannot be read and a task that was not found. Null for nothing.</summary>
    /// <param name="session">The session, as far as it is known.</param>
    /// <param name="clusters">The clusters in which its task was searched for.</param>
    private protected virtual FargateSession? WithoutTask(FargateSession session, IReadOnlyList<string> clusters) =>
        Missing(session.SessionId, clusters);

    /// <summary>The sessions of this record's ids. One that is not found is reported, and the others are returned.</summary>
    private IEnumerable<FargateSession> SessionsById()
    {
        for (var i = 0; i < SessionId.Length; i++)
        {
            var taskArn = TaskArn.ElementAtOrDefault(i) is { Length: > 0 } arn ? arn : null;
            var session = Journal.Find(SessionId[i]) is { } entry ? Journal.SessionOf(entry)
                : taskArn is not null ? Journal.SessionOfTask(taskArn, Cluster)
                : FindByStartedBy(SessionId[i]);
            if (session is not null)
            {
                yield return session;
            }
        }
    }

    private IEnumerable<FargateSession> SessionsByTask()
    {
        foreach (var session in TaskArn.Select(taskArn => Journal.SessionOfTask(taskArn, Cluster)))
        {
            if (session.TaskArn.Length > 0)
            {
                yield return session;
            }
            else
            {
                Report(SessionErrors.TaskNotFound(session), session.TaskArn);
            }
        }
    }

    private FargateSession? FindByStartedBy(string sessionId)
    {
        var cloud = Connect();
        var damaged = Journal.FindDamaged(sessionId);
        var clusters = ClustersOf(damaged, cloud.Connection);
        if (SessionIds.IsValid(sessionId))
        {
            foreach (var cluster in clusters)
            {
                var session = UnknownSession(sessionId, cluster, cloud.Connection, damaged);
                session.TaskArn = Await((_, cancellationToken) => SearchAsync(cloud, session, damaged, cancellationToken)) ?? "";
                if (session.TaskArn.Length > 0)
                {
                    return session;
                }
            }
        }

        return damaged is null
            ? Missing(sessionId, clusters)
            : WithoutTask(UnknownSession(sessionId, clusters[0], cloud.Connection, damaged), clusters);
    }

    /// <summary>
    /// The clusters that a session's task may be in: the one that is named, or 'default'; and, if its entry cannot be read and none
    /// was typed, those of other sessions of the same account and region.
    /// </summary>
    private string[] ClustersOf(DamagedEntry? damaged, CloudConnection connection) => damaged is null || IsTyped(nameof(Cluster))
        ? [Cluster ?? "default"]
        : [.. Journal.ReadAll()
            .Where(entry => entry.Connection == connection.Aws)
            .Select(entry => entry.Cluster)
            .Prepend(Cluster ?? "default")
            .Distinct()];

    /// <summary>A session of which nothing is known but its id.</summary>
    private static FargateSession UnknownSession(
        string sessionId, string cluster, CloudConnection connection, DamagedEntry? damaged) => new(
        new SessionRecord
        {
            SessionId = sessionId,
            Connection = connection.Aws,
            Cluster = cluster,
            CreatedAt = DateTimeOffset.UtcNow,
        },
        damaged?.Folder)
    {
        IsDamaged = damaged is not null,
    };

    /// <summary>Searches for a task by its session's id. A cluster that the user has not named may be missing.</summary>
    private async Task<string?> SearchAsync(
        IFargateCloud cloud, FargateSession session, DamagedEntry? damaged, CancellationToken cancellationToken)
    {
        try
        {
            return await new TaskSearch(cloud) { Limit = TimeSpan.Zero }.SearchAsync(session, cancellationToken);
        }
        catch (FargateException e) when (damaged is not null && !IsTyped(nameof(Cluster)) && e.Error == FargateError.ClusterNotFound)
        {
            return null;
        }
    }

    private FargateSession? Missing(string sessionId, IReadOnlyList<string> clusters)
    {
        Report(SessionErrors.SessionNotFound(sessionId, string.Join("', '", clusters)), sessionId);
        return null;
    }
}
