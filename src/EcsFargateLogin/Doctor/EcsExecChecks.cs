using EcsFargateLogin.Sessions.Starting;
using EcsFargateLogin.Sessions.WaysIn;

namespace EcsFargateLogin.Doctor;

/// <summary>What ECS Exec needs of the task: its role, its platform, and a root file system that the agent can write to.</summary>
internal sealed class EcsExecChecks : ICheckGroup
{
    private const string Fix = "It has to have the actions of module/container/iam/exec-task-policy.json.";

    /// <inheritdoc/>
    public string Name => "ECS Exec";

    /// <inheritdoc/>
    public async Task RunAsync(Examination examination, CancellationToken cancellationToken)
    {
        if (!examination.Request.Transport.HasEcsExec())
        {
            return;
        }

        await CheckPlatformAsync(examination).ConfigureAwait(false);
        if (examination.Definition is { } definition)
        {
            await CheckRoleAsync(examination, (string?)definition["taskRoleArn"]).ConfigureAwait(false);
        }

        if (examination.Container is { } container)
        {
            await ((bool?)container["readonlyRootFilesystem"] == true
                ? examination.FailAsync(
                    "root file system",
                    "it is read-only, and the agent of ECS Exec cannot run",
                    "Register a revision without readonlyRootFilesystem, or use -Transport Ssh.")
                : examination.PassAsync("root file system", "writable, as the agent of ECS Exec needs it")).ConfigureAwait(false);
        }
    }

    private static Task CheckPlatformAsync(Examination examination)
    {
        const string Check = "platform version";
        var version = examination.Request.PlatformVersion;
        return EcsExecPlatform.Has(version)
            ? examination.PassAsync(Check, $"{version ?? "LATEST"} has ECS Exec")
            : examination.FailAsync(Check, FargateErrors.PlatformWithoutEcsExec(version!));
    }

    /// <summary>What a role allows only its own user's calls show, or the right to simulate policies, which this module never asks for.</summary>
    private static Task CheckRoleAsync(Examination examination, string? role)
    {
        const string Check = "task role";
        return role is null ? examination.FailAsync(Check, "it has none, which ECS Exec needs", $"Name one with New-FargateSession -TaskRoleArn. {Fix}")
            : examination.Request.StartsSession ? examination.PassAsync(Check, role)
            : examination.SkipAsync(
                Check, $"{role}: whether it allows ssmmessages shows when a task is started", $"Run it with -Deep. {Fix}");
    }
}
