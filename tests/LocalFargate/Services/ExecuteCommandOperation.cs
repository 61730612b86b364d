using System.Text.Json.Nodes;
using LocalFargate.Exec;
using LocalFargate.Tasks;

namespace LocalFargate.Services;

/// <summary>ExecuteCommand: checks what it is asked for as ECS does, and makes the stream to the program's terminal.</summary>
internal sealed class ExecuteCommandOperation(ClusterRegistry clusters, TaskRegistry tasks, ExecSessions sessions)
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

        var session = sessions.Open(task, container.Name, (string)parameters["command"]!);
        return new JsonObject
        {
            ["clusterArn"] = cluster.Arn,
            ["taskArn"] = task.Arn,
            ["containerArn"] = $"{task.Arn.Replace(":task/", ":container/", StringComparison.Ordinal)}/{container.Name}",
            ["containerName"] = container.Name,
            ["interactive"] = true,
            ["session"] = new JsonObject
            {
                ["sessionId"] = session.Id,
                ["streamUrl"] = sessions.UrlOf(session),
                ["tokenValue"] = session.Token,
            },
        };
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
