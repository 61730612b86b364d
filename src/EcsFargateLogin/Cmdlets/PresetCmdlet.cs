using EcsFargateLogin.Connection;
using EcsFargateLogin.Pipeline;
using EcsFargateLogin.Presets;

namespace EcsFargateLogin.Cmdlets;

/// <summary>A cmdlet about the presets that apply in PowerShell's current folder.</summary>
public abstract class PresetCmdlet : FargateCmdlet
{
    private readonly HashSet<string> _reportedWarnings = [];

    private protected PresetCmdlet()
    {
    }

    /// <summary>Opens the presets, as their files are now.</summary>
    private protected PresetStore OpenStore() => OpenStore(this, _reportedWarnings);

    /// <summary>
    /// Opens the presets that apply in a cmdlet's current folder, with a warning about each project's file that is not used.
    /// </summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="reported">The warnings that it has given: many records are about the same files.</param>
    internal static PresetStore OpenStore(FargateCmdlet cmdlet, HashSet<string> reported)
    {
        PresetStore store = new(cmdlet.SessionState.Path.CurrentFileSystemLocation.ProviderPath, SessionParameters.Keys);
        foreach (var warning in store.Warnings.Where(reported.Add))
        {
            cmdlet.WriteWarning(warning);
        }

        return store;
    }

    /// <summary>Changes the presets of the project's file or of the user's own.</summary>
    private protected void Change(
        PresetStore store, PresetFile file, Action<Dictionary<string, Dictionary<string, object>>> change) =>
        Await((_, cancellationToken) => store.ChangeAsync(file, change, cancellationToken));
}
