using System.Management.Automation;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Lifecycle.Listing;
using EcsFargateLogin.Pipeline;
using EcsFargateLogin.Routes;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// A cmdlet that logs in to sessions, or to tasks that run already: those are entered by ECS Exec and left as they are.
/// </summary>
public abstract class RunningTaskCmdlet : LoginCmdlet
{
    private protected const string ServiceSet = "Service";
    private protected const string TaskSet = "Task";

    private protected RunningTaskCmdlet()
    {
    }

    /// <summary>
    /// A service, by name or ARN: its newest task that runs with ECS Exec enabled is entered, and left as it is. It needs no key,
    /// no address and no SSH server; you need ecs:ExecuteCommand.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = ServiceSet,
        HelpMessage = "A service. Its newest running task is entered, by ECS Exec.")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ServiceCompleter))]
    public string? Service { get; set; }

    /// <summary>
    /// Tasks that run with ECS Exec enabled, by ARN, or by id together with -Cluster. They are entered, and left as they are.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = TaskSet,
        HelpMessage = "Tasks that are entered by ECS Exec: ARNs, or ids together with -Cluster.")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TaskArnCompleter))]
    public string[] TaskArn { get; set; } = [];

    /// <summary>
    /// The cluster of the service or tasks. Without it the ARN's own, or 'default'. A session has its own, whatever default
    /// $PSDefaultParameterValues has for this.
    /// </summary>
    [Parameter(HelpMessage = "The cluster of the service or tasks.")]
    [BlankIsDefault]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string? Cluster { get; set; }

    /// <summary>
    /// The container of the task. Without it the only one that it has. A session has its own, whatever default
    /// $PSDefaultParameterValues has for this.
    /// </summary>
    [Parameter(HelpMessage = "The container of the task.")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string? ContainerName { get; set; }

    private protected override bool SupportsEcsExec => true;

    /// <summary>
    /// With sessions it is not known yet: some may need it, and New-FargateSession checks for it before it starts them.
    /// </summary>
    private protected override bool NeedsSsh => false;

    private protected override FargateTransport? WantedTransport => IsForRunningTasks ? FargateTransport.EcsExec : null;

    /// <summary>Whether tasks are named that run already, and not sessions.</summary>
    private protected bool IsForRunningTasks => ParameterSetName is ServiceSet or TaskSet;

    /// <summary>Checks that what is for running tasks was not typed for a session.</summary>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        Guard(null, () =>
        {
            if (!IsForRunningTasks && TypedOf([nameof(Cluster), nameof(ContainerName)]) is { Length: > 0 } typed)
            {
                throw RouteErrors.OnlyForRunningTasks(typed);
            }
        });
    }

    /// <summary>
    /// Finds the tasks that are named, as sessions that the caller holds. One that cannot be entered is reported, and the others are
    /// returned.
    /// </summary>
    private protected IReadOnlyList<FargateSession> FindRunningTasks()
    {
        List<FargateSession> found = [];
        foreach (var name in Service is not null ? [Service] : TaskArn)
        {
            Guard(name, () =>
            {
                // An ARN tells its region and cluster.
                var cluster = Cluster ?? Model.TaskArn.ClusterOf(name) ?? Model.TaskArn.ClusterOfService(name) ?? "default";
                RunningTasks tasks = new(Connect(SessionJournal.StandInFor(name, cluster)), cluster, ContainerName);
                found.Add(Await((_, cancellationToken) => Service is not null
                    ? tasks.FindOfServiceAsync(name, cancellationToken)
                    : tasks.FindAsync(name, cancellationToken)));
            });
        }

        return found;
    }
}
