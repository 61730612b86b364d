using EcsFargateLogin.Pipeline;
using EcsFargateLogin.Presets;

namespace EcsFargateLogin.Cmdlets;

/// <summary>A cmdlet about the presets that hold in PowerShell's current folder.</summary>
public abstract class PresetCmdlet : FargateCmdlet
{
    private readonly HashSet<string> _told = [];

    private protected PresetCmdlet()
    {
    }

    /// <summary>The presets, as their files are now.</summary>
    private protected PresetStore OpenStore() => OpenStore(this, _told);

    /// <summary>The presets that hold where a cmdlet runs, with a warning of each project's file that is passed over.</summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="told">The warnings that it has given: many records are about the same files.</param>
    internal static PresetStore OpenStore(FargateCmdlet cmdlet, HashSet<string> told)
    {
        PresetStore store = new(cmdlet.SessionState.Path.CurrentFileSystemLocation.ProviderPath, SessionParameters.Keys);
        foreach (var warning in store.Warnings.Where(told.Add))
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
