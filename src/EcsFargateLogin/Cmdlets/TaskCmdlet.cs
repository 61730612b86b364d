using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Sessions;
using EcsFargateLogin.Sessions.Journals;
using EcsFargateLogin.Sessions.Starting;

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
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = SessionSet)]
    [ValidateNotNullOrEmpty]
    public FargateSession[] Session { get; set; } = [];

    /// <summary>
    /// Sessions by their short ids. Those of this machine are reached as they were started; others are looked for by
    /// their mark in the cluster.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = IdSet)]
    [AllowEmptyString]
    public string[] SessionId { get; set; } = [];

    /// <summary>Tasks by ARN, or by id together with -Cluster.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = TaskSet)]
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = IdSet)]
    [AllowEmptyString]
    public string[] TaskArn { get; set; } = [];

    /// <summary>The cluster of the tasks. Without it the ARN's own, or 'default'.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = TaskSet)]
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = IdSet)]
    [BlankIsDefault]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string? Cluster { get; set; }

    /// <summary>The sessions of this record, with how to reach AWS for each.</summary>
    private protected IEnumerable<(FargateSession Session, IFargateCloud Cloud)> Targets()
    {
        if (ParameterSetName == SessionSet)
        {
            foreach (var session in Session)
            {
                yield return (session, Connect(session));
            }
        }
        else
        {
            foreach (var session in ParameterSetName == IdSet ? SessionsById() : SessionsByTask())
            {
                yield return (session, Connect(session));
            }
        }
    }

    /// <summary>The sessions of this record's ids. One that is not found is reported, and the others are taken.</summary>
    private IEnumerable<FargateSession> SessionsById()
    {
        for (var i = 0; i < SessionId.Length; i++)
        {
            var taskArn = TaskArn.ElementAtOrDefault(i) is { Length: > 0 } arn ? arn : null;
            var session = Journal.Find(SessionId[i]) is { } entry ? Journal.SessionOf(entry)
                : taskArn is not null ? SessionOfTask(taskArn)
                : FindByMark(SessionId[i]);
            if (session is not null)
            {
                yield return session;
            }
        }
    }

    private IEnumerable<FargateSession> SessionsByTask()
    {
        foreach (var session in TaskArn.Select(SessionOfTask))
        {
            if (session.TaskArn.Length > 0)
            {
                yield return session;
            }
            else
            {
                Report(FargateErrors.TaskNotFound(session), session.TaskArn);
            }
        }
    }

    private FargateSession? FindByMark(string sessionId)
    {
        var cloud = Connect();
        FargateSession session = new()
        {
            SessionId = sessionId,
            Cluster = Cluster ?? "default",
            Region = cloud.Connection.Region,
            CreatedAt = DateTimeOffset.UtcNow,
        };
        var mark = new TaskMark(cloud) { Limit = TimeSpan.Zero };
        if (SessionMark.IsOne(sessionId)
            && Await((_, cancellationToken) => mark.SearchAsync(session, cancellationToken)) is { } taskArn)
        {
            session.TaskArn = taskArn;
            return session;
        }

        Report(FargateErrors.SessionNotFound(sessionId, session.Cluster), sessionId);
        return null;
    }

    /// <summary>The session that this machine remembers for a task, or one that stands for somebody else's task.</summary>
    private FargateSession SessionOfTask(string taskArn) =>
        Journal.FindByTask(taskArn) is { } entry && (Cluster is null || Cluster == entry.Cluster)
            ? Journal.SessionOf(entry)
            : new FargateSession
            {
                TaskArn = taskArn,
                Cluster = Cluster ?? Sessions.TaskArn.ClusterOf(taskArn) ?? "default",
                Region = Sessions.TaskArn.RegionOf(taskArn) ?? "",
                CreatedAt = DateTimeOffset.UtcNow,
            };
}
