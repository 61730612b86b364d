using EcsFargateLogin.Presets;

namespace EcsFargateLogin.Cmdlets;

/// <summary>A cmdlet about the presets that hold in PowerShell's current folder.</summary>
public abstract class PresetCmdlet : FargateCmdlet
{
    private protected PresetCmdlet()
    {
    }

    /// <summary>The presets, as their files are now.</summary>
    private protected PresetStore Store =>
        new(SessionState.Path.CurrentFileSystemLocation.ProviderPath, SessionParameters.Keys);

    /// <summary>Changes the presets of the project's file or of the user's own.</summary>
    private protected void Change(
        PresetStore store, PresetFile file, Action<Dictionary<string, Dictionary<string, object>>> change) =>
        Await((_, cancellationToken) => store.ChangeAsync(file, change, cancellationToken));
}
