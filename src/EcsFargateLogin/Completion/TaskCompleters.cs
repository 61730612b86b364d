using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Completion;

/// <summary>Completes the names of a cluster's services, and shows how many tasks of each run.</summary>
internal sealed class ServiceCompleter : CatalogCompleter
{
    private protected override CatalogScope Scope(TypedWord word, TypedCommand command) => new() { Cluster = command.Cluster() };

    private protected override async Task<IEnumerable<Candidate>> AskAsync(
        IFargateCloud cloud, CatalogScope scope, CancellationToken cancellationToken)
    {
        var services = await cloud.Catalog.ListServicesAsync(scope.Cluster!, cancellationToken);
        var running = await RunningTaskCounts.ReadAsync(cloud, scope.Cluster!, RunningTaskCounts.ServiceOf, cancellationToken);
        return services
            .Select(arn => new Candidate(NameOf(arn)) { Description = Join(running.Of(NameOf(arn)), arn) })
            .OrderBy(candidate => candidate.Value, StringComparer.OrdinalIgnoreCase);
    }
}

/// <summary>
/// Completes the families of task definitions, with the number of their tasks that run in the cluster, and, after a colon, the
/// revisions of one.
/// </summary>
internal sealed class TaskDefinitionCompleter : CatalogCompleter
{
    private protected override CatalogScope Scope(TypedWord word, TypedCommand command) => FamilyOf(word) is { } family
        ? new() { TaskDefinition = family }
        : new() { Cluster = command.Cluster() };

    private protected override Task<IEnumerable<Candidate>> AskAsync(
        IFargateCloud cloud, CatalogScope scope, CancellationToken cancellationToken) =>
        scope.TaskDefinition is { } family
            ? RevisionsAsync(cloud.Catalog, family, cancellationToken)
            : FamiliesAsync(cloud, scope.Cluster!, cancellationToken);

    private static async Task<IEnumerable<Candidate>> FamiliesAsync(
        IFargateCloud cloud, string cluster, CancellationToken cancellationToken)
    {
        var families = await cloud.Catalog.ListTaskDefinitionFamiliesAsync(cancellationToken);
        var running = await RunningTaskCounts.ReadAsync(
            cloud, cluster, task => FargateStart.FamilyOf(task.TaskDefinitionArn ?? ""), cancellationToken);
        return families
            .Order(StringComparer.OrdinalIgnoreCase)
            .Select(family => new Candidate(family)
            {
                Description = $"{Join(family, running.Of(family))}, its latest revision; {family}: completes to a certain one",
            });
    }

    private static async Task<IEnumerable<Candidate>> RevisionsAsync(
        IFargateCatalog catalog, string family, CancellationToken cancellationToken) =>
        (await catalog.ListTaskDefinitionsAsync(family, cancellationToken))
            .Select(arn => new Candidate(NameOf(arn)) { Description = arn });

    private static string? FamilyOf(TypedWord word) => word.Text.Split(':') is [{ Length: > 0 } family, _] ? family : null;
}

/// <summary>Completes the ARNs of a cluster's tasks that run. Typing the name of their service or family finds them too.</summary>
internal sealed class TaskArnCompleter : CatalogCompleter
{
    private protected override CatalogScope Scope(TypedWord word, TypedCommand command) => new() { Cluster = command.Cluster() };

    private protected override async Task<IEnumerable<Candidate>> AskAsync(
        IFargateCloud cloud, CatalogScope scope, CancellationToken cancellationToken)
    {
        var arns = await cloud.ListTasksAsync(scope.Cluster!, cancellationToken);
        var reply = await cloud.DescribeTasksAsync(
            scope.Cluster!, [.. arns.Take(RunningTaskCounts.MostTasks)], cancellationToken);
        return reply.Tasks.OrderByDescending(task => task.CreatedAt).Select(CandidateOf);
    }

    private static Candidate CandidateOf(TaskDescription task)
    {
        var name = RunningTaskCounts.ServiceOf(task) ?? FargateStart.FamilyOf(task.TaskDefinitionArn ?? "");
        return new Candidate(task.TaskArn)
        {
            Name = name,
            Label = $"{name} {TaskArn.IdOf(task.TaskArn)}",
            Description = Join(
                task.LastStatus,
                NameOf(task.TaskDefinitionArn ?? ""),
                string.Join(" and ", task.Containers.Select(container => container.Name)),
                task.EnablesExecuteCommand ? null : "without ECS Exec"),
        };
    }
}

/// <summary>Completes the names of the containers of the task, session, service or task definition that the command names.</summary>
internal sealed class ContainerNameCompleter : CatalogCompleter
{
    private protected override CatalogScope Scope(TypedWord word, TypedCommand command) =>
        (command.Text("TaskArn") ?? command.Session()?.Record.TaskArn) is { } task
        ? new() { Cluster = TaskArn.ClusterOf(task) ?? command.Cluster(), Task = task }
        : new() { Cluster = command.Cluster(), TaskDefinition = command.Text("TaskDefinition"), Service = command.Text("Service") };

    private protected override async Task<IEnumerable<Candidate>> AskAsync(
        IFargateCloud cloud, CatalogScope scope, CancellationToken cancellationToken)
    {
        if (scope.Task is { } task)
        {
            var reply = await cloud.DescribeTasksAsync(scope.Cluster!, [task], cancellationToken);
            return reply.Tasks.SelectMany(found => found.Containers)
                .Select(container => new Candidate(container.Name) { Description = Join(container.Name, container.LastStatus) });
        }

        var definition = scope.TaskDefinition ?? (scope.Service is { } service
            ? (await cloud.DescribeServiceAsync(scope.Cluster!, service, cancellationToken))?.TaskDefinition
            : null);
        return definition is null
            ? []
            : (await cloud.DescribeTaskDefinitionAsync(definition, cancellationToken)).ContainerNames
                .Select(name => new Candidate(name) { Description = Join(name, NameOf(definition)) });
    }
}

/// <summary>The numbers of tasks that run in a cluster, by a name that they have in common.</summary>
/// <param name="counts">The numbers; null where AWS does not say.</param>
internal sealed class RunningTaskCounts(Dictionary<string, int>? counts)
{
    /// <summary>The tasks that one call describes. Those of a cluster with more are not counted, as it would take many calls.</summary>
    internal const int MostTasks = 100;

    private const string ServicePrefix = "service:";

    /// <summary>Reads them. Names are completed without them where the caller may not list tasks.</summary>
    internal static async Task<RunningTaskCounts> ReadAsync(
        IFargateCloud cloud, string cluster, Func<TaskDescription, string?> nameOf, CancellationToken cancellationToken)
    {
        try
        {
            var arns = await cloud.ListTasksAsync(cluster, cancellationToken);
            if (arns.Count > MostTasks)
            {
                return new(null);
            }

            var reply = await cloud.DescribeTasksAsync(cluster, arns, cancellationToken);
            return new(reply.Tasks.Select(nameOf).OfType<string>().GroupBy(name => name).ToDictionary(
                tasks => tasks.Key, tasks => tasks.Count(), StringComparer.Ordinal));
        }
        catch (FargateException)
        {
            return new(null);
        }
    }

    /// <summary>The number for a name, for people; null where it is not known.</summary>
    internal string? Of(string name) => counts is null ? null : $"running tasks: {counts.GetValueOrDefault(name)}";

    /// <summary>The name of the service that a task belongs to; null for none.</summary>
    internal static string? ServiceOf(TaskDescription task) =>
        task.Group?.StartsWith(ServicePrefix, StringComparison.Ordinal) == true ? task.Group[ServicePrefix.Length..] : null;
}
