using System.Text.Json.Nodes;
using LocalFargate.SessionManager;
using LocalFargate.Tasks;

namespace LocalFargate.Services;

/// <summary>ExecuteCommand: checks what it is asked for as ECS does, and makes the stream to the program's terminal.</summary>
internal sealed class ExecuteCommandOperation(ClusterRegistry clusters, TaskRegistry tasks, SessionRegistry sessions)
{
    internal JsonObject Perform(JsonObject parameters)
    {
        var cluster = clusters.Get((string?)parameters["cluster"]);
        var task = tasks.Find(cluster, (string)parameters["task"]!) is { } found && !found.IsMissingWhenAsked()
            ? found
            : throw EcsErrors.TaskNotFound();
        if (!(bool)parameters["interactive"]!)
        {
            throw EcsErrors.InvalidParameter("Interactive is the only mode supported currently.");
        }

        if (!task.EnablesExecuteCommand || task.State.Phase != TaskPhase.Running)
        {
            throw EcsErrors.ExecuteCommandNotEnabled();
        }

        var container = ContainerOf(task, (string?)parameters["container"]);
        if (container.AgentStatus(task.Plan) != "RUNNING")
        {
            throw EcsErrors.TargetNotConnected();
        }

        return new JsonObject
        {
            ["clusterArn"] = cluster.Arn,
            ["taskArn"] = task.Arn,
            ["containerArn"] = $"{task.Arn.Replace(":task/", ":container/", StringComparison.Ordinal)}/{container.Name}",
            ["containerName"] = container.Name,
            ["interactive"] = true,
            ["session"] = Open(task, container.Name, (string)parameters["command"]!),
        };
    }

    private JsonObject Open(FargateTask task, string containerName, string command)
    {
        // The same members as StartSession's, with small letters.
        var opened = sessions.Start(new SessionRequest(task, containerName) { Command = command }).Describe();
        return new JsonObject([.. opened.Select(member =>
            KeyValuePair.Create(char.ToLowerInvariant(member.Key[0]) + member.Key[1..], member.Value?.DeepClone()))]);
    }

    private static ContainerState ContainerOf(FargateTask task, string? name)
    {
        var containers = task.State.Containers;
        return name is null && containers is [var only] ? only
            : containers.FirstOrDefault(container => container.Name == name) ?? throw EcsErrors.InvalidParameter(
                name is null ? "Container name must be specified when the task has more than one container."
                    : "The container provided in the request was not found.");
    }
}
