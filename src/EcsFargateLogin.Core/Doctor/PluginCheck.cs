using EcsFargateLogin.SessionManager;

namespace EcsFargateLogin.Doctor;

/// <summary>The program that ECS Exec needs on this machine. Needs no account.</summary>
/// <param name="path">Where it is; null when it is missing.</param>
/// <param name="isRequired">Whether there is no other way in.</param>
internal sealed class PluginCheck(string? path, bool isRequired)
{
    public async Task<FargateLoginCheck> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var version = await new SessionManagerPlugin(
                path ?? throw PluginErrors.PluginNotFound(SessionManagerPlugin.Name)).CheckAsync(cancellationToken).ConfigureAwait(false);
            return new(SessionManagerPlugin.Name, FargateCheckResult.Passed, $"{version}, {path}");
        }
        catch (FargateException e)
        {
            return new(
                SessionManagerPlugin.Name,
                isRequired ? FargateCheckResult.Failed : FargateCheckResult.Warning,
                Examination.Finding(e),
                e.NextStep);
        }
    }
}
