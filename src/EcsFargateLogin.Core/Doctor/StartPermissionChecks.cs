using System.Text.Json.Nodes;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Doctor;

/// <summary>
/// Checks the permissions to start a session by IAM's policy simulator, because no call without consequences shows them.
/// </summary>
internal sealed class StartPermissionChecks : ICheckGroup
{
    private const string RunTask = "ecs:RunTask";
    private const string PassRole = "iam:PassRole";
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
        foreach (var (action, resource, context) in ActionsOfStart(examination))
        {
            var question = principal is null || resource is null
                ? null
                : new PermissionQuestion(principal, action, resource) { Context = context };
            var reply = question is null
                ? null
                : await simulator.SimulateAsync(question, cancellationToken);
            await (reply is null
                ? SkipAsync(
                    examination, action, question is null ? ReasonForSkip(examination) : Examination.Finding(simulator.Failure!))
                : ShowAsync(examination, question!, reply));
        }
    }

    /// <summary>Lists the actions of a start. One without a resource cannot be simulated, as policies name resources.</summary>
    private static IEnumerable<(string Action, string? Resource, Dictionary<string, string> Context)> ActionsOfStart(
        Examination examination)
    {
        var cluster = examination.ClusterArn;
        var onCluster = cluster is null ? [] : new Dictionary<string, string> { ["ecs:cluster"] = cluster };
        if (!examination.Request.StartsSession)
        {
            var definition = (string?)examination.Definition?["taskDefinitionArn"];
            yield return (RunTask, cluster is null ? null : definition, onCluster);
            foreach (var role in examination.Definition is { } known ? RolesOf(known) : [null])
            {
                yield return (PassRole, role, new() { ["iam:PassedToService"] = "ecs-tasks.amazonaws.com" });
            }
        }

        var task = cluster is null ? null : $"{cluster.Replace(":cluster/", ":task/", StringComparison.Ordinal)}/{Guid.Empty:N}";
        yield return (TagResource, task, new(onCluster) { ["ecs:CreateAction"] = "RunTask" });
    }

    private static IEnumerable<string?> RolesOf(JsonObject definition) =>
        new[] { (string?)definition["executionRoleArn"], (string?)definition["taskRoleArn"] }.OfType<string>().Distinct();

    private static string ReasonForSkip(Examination examination) => examination switch
    {
        { Caller: null } => "the caller is not known",
        { ClusterArn: null } => "the cluster is not known",
        { Definition: null } => "the task definition is not known",
        _ => $"{examination.Caller.Arn} has no policies that can be simulated",
    };

    private static Task ShowAsync(Examination examination, PermissionQuestion question, PermissionReply reply)
    {
        const string Fix = "Add it to the policy of this user or role: module/container/iam/caller-policy.json.";
        var (action, what) = (question.Action, question.Resource);
        var denied = $"not allowed for {what}, as IAM's policy simulator says";
        return reply switch
        {
            { IsAllowed: true } => examination.PassAsync(action, $"allowed for {what} (simulated)"),
            { MissingContext: { Count: > 0 } keys } => examination.WarnAsync(
                action, $"{denied} without knowing {string.Join(", ", keys)}", "Run it with -Deep to be certain."),
            _ when action == TagResource => examination.WarnAsync(action, $"{denied}: -Reason and -Tag will fail", Fix),
            _ => examination.FailAsync(action, denied, Fix),
        };
    }

    private static Task SkipAsync(Examination examination, string action, string why)
    {
        const string OnlyByDoing = "it cannot be tried without starting a task";
        return action == TagResource
            ? examination.SkipAsync(
                action, $"{OnlyByDoing}, and {why}; needed for -Reason and -Tag alone", "Start a session with -Reason.")
            : examination.SkipAsync(action, $"{OnlyByDoing}, and {why}", "Run it with -Deep.");
    }
}
