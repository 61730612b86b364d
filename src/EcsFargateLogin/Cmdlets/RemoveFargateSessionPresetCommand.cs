using System.Management.Automation;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Presets;

namespace EcsFargateLogin.Cmdlets;

/// <summary>Deletes presets from your own file or from the project's.</summary>
[Cmdlet(VerbsCommon.Remove, "FargateSessionPreset", SupportsShouldProcess = true,
    HelpUri = HelpPages.Folder + "Remove-FargateSessionPreset.md")]
[OutputType(typeof(void))]
public sealed class RemoveFargateSessionPresetCommand : PresetCmdlet
{
    /// <summary>The names of the presets.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true,
        HelpMessage = "The names of the presets.")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PresetCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Deletes them from the project's file, .fargatelogin.json. Without it from your own.</summary>
    [Parameter(HelpMessage = "Deletes them from the project's file, .fargatelogin.json.")]
    public SwitchParameter Project { get; set; }

    /// <summary>Deletes the presets of these names.</summary>
    protected override void ProcessRecord()
    {
        foreach (var name in Name)
        {
            Guard(name, () => Remove(name));
        }
    }

    private void Remove(string name)
    {
        var store = OpenStore();
        var (file, other) = Project ? (store.Project, store.User) : (store.User, store.Project);
        var presets = file.Read();
        if (!presets.ContainsKey(name))
        {
            throw other.Read().ContainsKey(name)
                ? PresetErrors.PresetOfOtherFile(name, file.Path, other.Path)
                : PresetStore.NotFound(name, presets.Keys);
        }

        if (ShouldProcess(file.Path, $"Remove preset {name}"))
        {
            Change(store, file, there => there.Remove(name));
        }
    }
}
