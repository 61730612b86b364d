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
}
