using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Sessions;

namespace EcsFargateLogin.Cmdlets;

/// <summary>A cmdlet that takes sessions, or tasks by their ARNs.</summary>
public abstract class TaskCmdlet : AwsCmdlet
{
    private protected const string SessionSet = "Session";
    private protected const string TaskSet = "Task";

    private protected TaskCmdlet()
    {
    }

    /// <summary>Sessions, as New-FargateSession returns them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = SessionSet)]
    [ValidateNotNullOrEmpty]
    public FargateSession[] Session { get; set; } = [];

    /// <summary>Tasks by ARN, or by id together with -Cluster.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = TaskSet)]
    [ValidateNotNullOrEmpty]
    public string[] TaskArn { get; set; } = [];

    /// <summary>The cluster of the tasks. Without it the ARN's own, or 'default'.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = TaskSet)]
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
            foreach (var taskArn in TaskArn)
            {
                var session = SessionOfTask(taskArn);
                yield return (session, Connect(session));
            }
        }
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
