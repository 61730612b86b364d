using System.Net;
using System.Text.Json.Nodes;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Doctor;

/// <summary>
/// Checks the permissions to start a session and to open its routes by IAM's policy simulator, because no call without
/// consequences shows them.
/// </summary>
internal sealed class StartPermissionChecks : ICheckGroup
{
    private const string CallerPolicy = "caller-policy.json";
    private const string TagResource = "ecs:TagResource";

    /// <inheritdoc/>
    public string Name => "permissions to start";

    /// <inheritdoc/>
    public async Task RunAsync(Examination examination, CancellationToken cancellationToken)
    {
        PolicySimulator simulator = new(examination.Cloud.Survey);
        var principal = examination.Caller is { } caller
            ? await simulator.PrincipalOfAsync(caller.Arn, cancellationToken)
            : null;
        foreach (var action in (IEnumerable<SimulatedAction>)[.. ActionsOfStart(examination), .. ActionsOfRoutes(examination)])
        {
            var question = principal is null || action.Resource is null
                ? null
                : new PermissionQuestion(principal, action.Name, action.Resource) { Context = action.Context };
            var reply = question is null
                ? null
                : await simulator.SimulateAsync(question, cancellationToken);
            await (reply is null
                ? SkipAsync(
                    examination, action, question is null ? ReasonForSkip(examination) : Examination.Finding(simulator.Failure!))
                : ShowAsync(examination, action, reply));
        }
    }

    /// <summary>Lists the actions of a start. One without a resource cannot be simulated, as policies name resources.</summary>
    private static IEnumerable<SimulatedAction> ActionsOfStart(Examination examination)
    {
        var cluster = examination.ClusterArn;
        var onCluster = cluster is null ? [] : new Dictionary<string, string> { ["ecs:cluster"] = cluster };
        if (!examination.Request.StartsSession)
        {
            var definition = (string?)examination.Definition?["taskDefinitionArn"];
            yield return new("ecs:RunTask", cluster is null ? null : definition) { Context = onCluster };
            foreach (var role in examination.Definition is { } known ? RolesOf(known) : [null])
            {
                yield return new("iam:PassRole", role)
                {
                    Context = new Dictionary<string, string> { ["iam:PassedToService"] = "ecs-tasks.amazonaws.com" },
                };
            }
        }

        var task = cluster is null ? null : $"{cluster.Replace(":cluster/", ":task/", StringComparison.Ordinal)}/{Guid.Empty:N}";
        yield return new(TagResource, task)
        {
            Context = new Dictionary<string, string>(onCluster) { ["ecs:CreateAction"] = "RunTask" },
            Consequence = "-Reason and -Tag will fail",
        };
    }

    /// <summary>Lists the actions that open routes through AWS; ssm:StartSession is tried by a call.</summary>
    private static IEnumerable<SimulatedAction> ActionsOfRoutes(Examination examination)
    {
        var request = examination.Request;
        if (examination.Endpoint is { } endpoint)
        {
            yield return new(
                "ec2-instance-connect:OpenTunnel", ArnIn(examination, "ec2", $"instance-connect-endpoint/{endpoint.Id}"))
            {
                Context = ContextOfTunnel(examination),
                Route = FargateRoute.InstanceConnect,
                Policy = "instance-connect-policy.json",
            };
        }

        if (!request.MayUse(FargateRoute.SessionManager))
        {
            yield break;
        }

        foreach (var (action, consequence) in ((string, string?)[])
            [
                ("ssmmessages:OpenDataChannel", null),
                ("ssm:ResumeSession", "connections are lost when AWS cuts a session, about once an hour"),
                ("ssm:TerminateSession", "sessions stay until they are idle, and a container has two at most"),
            ])
        {
            yield return new(action, OwnSession(examination))
            {
                Context = ContextOfCaller(examination),
                Route = FargateRoute.SessionManager,
                Consequence = consequence,
                Policy = "session-manager-policy.json",
            };
        }
    }

    /// <summary>Returns the values that policies for tunnels compare: an address of the first subnet, and AWS's longest time.</summary>
    private static Dictionary<string, string> ContextOfTunnel(Examination examination)
    {
        Dictionary<string, string> context = new()
        {
            ["ec2-instance-connect:remotePort"] = FormattableString.Invariant($"{examination.Request.Port}"),
            ["ec2-instance-connect:maxTunnelDuration"] = "3600",
        };
        if (examination.Subnets is [{ CidrBlock: { } cidr }, ..] && IPNetwork.TryParse(cidr, out var block))
        {
            context["ec2-instance-connect:privateIpAddress"] = block.BaseAddress.ToString();
        }

        return context;
    }

    /// <summary>Returns the ARN of a session of Systems Manager that the caller might start, which begins with the caller's name.</summary>
    private static string? OwnSession(Examination examination) => examination.Caller is { } caller
        ? ArnIn(examination, "ssm", $"session/{UserNameOf(caller) ?? caller.UserId}-0123456789abcdef0")
        : null;

    private static Dictionary<string, string> ContextOfCaller(Examination examination)
    {
        Dictionary<string, string> context = [];
        if (examination.Caller?.UserId is { } id)
        {
            context["aws:userid"] = id;
        }

        if (examination.Caller is { } caller && UserNameOf(caller) is { } name)
        {
            context["aws:username"] = name;
        }

        return context;
    }

    private static string? UserNameOf(CallerIdentity caller) =>
        caller.Arn.Contains(":user/", StringComparison.Ordinal) ? caller.Arn[(caller.Arn.LastIndexOf('/') + 1)..] : null;

    /// <summary>Returns the ARN of a resource of the caller's account; null where that is not known.</summary>
    private static string? ArnIn(Examination examination, string service, string resource) =>
        examination.Caller?.Arn.Split(':', 6) is ["arn", var partition, _, _, var account, _]
            ? $"arn:{partition}:{service}:{examination.Cloud.Connection.Region}:{account}:{resource}"
            : null;

    private static IEnumerable<string?> RolesOf(JsonObject definition) =>
        new[] { (string?)definition["executionRoleArn"], (string?)definition["taskRoleArn"] }.OfType<string>().Distinct();

    private static string ReasonForSkip(Examination examination) => examination switch
    {
        { Caller: null } => "the caller is not known",
        { ClusterArn: null } => "the cluster is not known",
        { Definition: null } => "the task definition is not known",
        _ => $"{examination.Caller.Arn} has no policies that can be simulated",
    };

    private static Task ShowAsync(Examination examination, SimulatedAction action, PermissionReply reply)
    {
        var fix = $"Add it to the policy of this user or role: module/container/iam/{action.Policy}.";
        var denied = $"not allowed for {action.Resource}, as IAM's policy simulator says";
        return reply switch
        {
            { IsAllowed: true } => examination.PassAsync(action.Name, $"allowed for {action.Resource} (simulated)"),
            { MissingContext: { Count: > 0 } keys } => examination.WarnAsync(
                action.Name, $"{denied} without knowing {string.Join(", ", keys)}", "Run it with -Deep to be certain."),
            _ when action.Consequence is { } consequence => examination.WarnAsync(action.Name, $"{denied}: {consequence}", fix),
            _ when action.Route is { } route => examination.ObstructAsync(route, action.Name, denied, fix),
            _ => examination.FailAsync(action.Name, denied, fix),
        };
    }

    private static Task SkipAsync(Examination examination, SimulatedAction action, string why)
    {
        const string OnlyByDoing = "it cannot be tried without starting a task";
        return action.Name == TagResource
            ? examination.SkipAsync(
                action.Name, $"{OnlyByDoing}, and {why}; needed for -Reason and -Tag alone", "Start a session with -Reason.")
            : examination.SkipAsync(action.Name, $"{OnlyByDoing}, and {why}", "Run it with -Deep.");
    }

    /// <summary>An action to simulate.</summary>
    /// <param name="Name">The action.</param>
    /// <param name="Resource">The ARN of its resource; null if it is not known.</param>
    private sealed record SimulatedAction(string Name, string? Resource)
    {
        /// <summary>The values that policies compare.</summary>
        public IReadOnlyDictionary<string, string> Context { get; init; } = new Dictionary<string, string>();

        /// <summary>The route that needs it; null if every session does.</summary>
        public FargateRoute? Route { get; init; }

        /// <summary>The consequence where sessions can do without it; null where they cannot.</summary>
        public string? Consequence { get; init; }

        /// <summary>The file with a policy that allows it.</summary>
        public string Policy { get; init; } = CallerPolicy;
    }
}
