using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LocalFargate.Faults;
using LocalFargate.Protocol;
using LocalFargate.SessionManager;
using LocalFargate.Tasks;

namespace LocalFargate.Services;

/// <summary>The operations of AWS Systems Manager on the sessions of Session Manager.</summary>
internal sealed partial class SsmService(ClusterRegistry clusters, TaskRegistry tasks, SessionRegistry sessions, FaultSet faults)
    : IAwsService
{
    public ServiceModel Model { get; } = ServiceModel.Load("ssm-2014-11-06");

    public JsonObject? Perform(string operation, JsonObject parameters) => operation switch
    {
        "StartSession" => StartSession(parameters),
        "ResumeSession" => ResumeSession((string)parameters["SessionId"]!),
        "TerminateSession" => TerminateSession((string)parameters["SessionId"]!),
        _ => null,
    };

    internal static AwsException TargetNotConnected(string target)
    {
        var message = $"{target} is not connected.";
        return new AwsException("TargetNotConnected", message) { Members = new JsonObject { ["Message"] = message } };
    }

    private JsonObject StartSession(JsonObject parameters)
    {
        var target = (string)parameters["Target"]!;
        var document = PortDocument.Read(parameters);
        var (task, container) = FindTarget(target) ?? throw TargetNotConnected(target);
        return sessions.Start(new SessionRequest(task, container)
        {
            Document = document,
            Reason = (string?)parameters["Reason"],
        }).Describe();
    }

    /// <summary>The container that a target names, ecs:CLUSTER_TASK_RUNTIMEID, if its agent runs.</summary>
    private (FargateTask Task, string Container)? FindTarget(string target)
    {
        var match = Target().Match(target);
        if (!match.Success || clusters.Find(match.Groups["cluster"].Value) is not { } cluster
            || tasks.Find(cluster, match.Groups["task"].Value) is not { EnablesExecuteCommand: true } task)
        {
            return null;
        }

        var container = task.State.Containers.FirstOrDefault(candidate => candidate.RuntimeId == match.Groups["runtime"].Value);
        return container?.AgentStatus(task.Plan) == "RUNNING" ? (task, container.Name) : null;
    }

    private JsonObject ResumeSession(string id)
    {
        var session = sessions.Find(id) ?? throw new AwsException("DoesNotExistException", $"Session {id} does not exist.");

        // A session that has ended, or that is taken for such a one, has no token any more.
        return session.IsEnded || faults.TryUse<TokenExpired>()
            ? new JsonObject { ["SessionId"] = id }
            : session.Describe();
    }

    private JsonObject TerminateSession(string id)
    {
        sessions.Find(id)?.End("");
        return new JsonObject { ["SessionId"] = id };
    }

    [GeneratedRegex("^ecs:(?<cluster>[^:]+)_(?<task>[0-9a-f]{32})_(?<runtime>[0-9a-f]{32}-[0-9]+)$")]
    private static partial Regex Target();
}
