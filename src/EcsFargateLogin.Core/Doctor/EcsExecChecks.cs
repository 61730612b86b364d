using EcsFargateLogin.Cloud;
using EcsFargateLogin.Lifecycle.Starting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;

namespace EcsFargateLogin.Doctor;

/// <summary>
/// Checks what the agent of ECS Exec needs, and with it the route through Session Manager: the task's role, the platform, and a
/// writable root file system.
/// </summary>
internal sealed class EcsExecChecks : ICheckGroup
{
    private const string Fix = "It has to have the actions of module/container/iam/exec-task-policy.json.";

    /// <summary>The actions that the agent calls with the task's role.</summary>
    private static readonly string[] ActionsOfAgent =
    [
        "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ];

    /// <inheritdoc/>
    public string Name => "ECS Exec";

    /// <inheritdoc/>
    public async Task RunAsync(Examination examination, CancellationToken cancellationToken)
    {
        if (!examination.Request.Transport.HasEcsExec() && !examination.Request.MayUse(FargateRoute.SessionManager))
        {
            return;
        }

        await CheckPlatformAsync(examination);
        if (examination.Definition is { } definition)
        {
            await CheckRoleAsync(examination, (string?)definition["taskRoleArn"], cancellationToken);
        }

        if (examination.Container is { } container)
        {
            await ((bool?)container["readonlyRootFilesystem"] == true
                ? ObstructAsync(
                    examination,
                    "root file system",
                    "it is read-only, and the agent of ECS Exec cannot run",
                    "Register a revision without readonlyRootFilesystem, or use another -Transport or -Route.")
                : examination.PassAsync("root file system", "writable, as the agent of ECS Exec needs it"));
        }
    }

    private static Task CheckPlatformAsync(Examination examination)
    {
        const string Check = "platform version";
        var version = examination.Request.PlatformVersion;
        return FargatePlatform.IsNew(version)
            ? examination.PassAsync(Check, $"{version ?? "LATEST"} has ECS Exec")
            : ObstructAsync(examination, Check, RouteErrors.PlatformWithoutEcsExec(version!));
    }

    /// <summary>Shows what the agent lacks: a failure where the transport needs it, which Session Manager alone may not.</summary>
    private static Task ObstructAsync(Examination examination, string check, string detail, string fix)
    {
        if (!examination.Request.Transport.HasEcsExec())
        {
            return examination.ObstructAsync(FargateRoute.SessionManager, check, detail, fix);
        }

        examination.NoteObstacle(FargateRoute.SessionManager, $"{check}: {detail}");
        return examination.FailAsync(check, detail, fix);
    }

    private static Task ObstructAsync(Examination examination, string check, FargateException error) =>
        ObstructAsync(examination, check, Examination.Finding(error), error.NextStep);

    private static async Task CheckRoleAsync(Examination examination, string? role, CancellationToken cancellationToken)
    {
        const string Check = "task role";
        if (role is null)
        {
            await ObstructAsync(
                examination, Check, "it has none, which ECS Exec needs", $"Name one with New-FargateSession -TaskRoleArn. {Fix}");
            return;
        }

        PolicySimulator simulator = new(examination.Cloud.Survey);
        List<string> denied = [];
        foreach (var action in ActionsOfAgent)
        {
            if (await simulator.SimulateAsync(new PermissionQuestion(role, action, "*"), cancellationToken)
                is { IsAllowed: false })
            {
                denied.Add(action);
            }
        }

        await (denied.Count > 0
                ? ObstructAsync(
                    examination, Check, $"{role} does not allow {string.Join(", ", denied)}, as IAM's policy simulator says", Fix)
            : simulator.Failure is { } failure
                ? examination.SkipAsync(
                    Check, $"{role}: whether it allows ssmmessages is not known: {Examination.Finding(failure)}",
                    $"Run it with -Deep. {Fix}")
                : examination.PassAsync(Check, $"{role} allows ssmmessages (simulated)"));
    }
}
