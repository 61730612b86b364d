using System.Management.Automation;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Pipeline;
using EcsFargateLogin.Presets;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Lists the presets that apply in the current folder, with the parameters of each and the files that they come from.
/// </summary>
[Cmdlet(VerbsCommon.Get, "FargateSessionPreset",
    HelpUri = HelpPages.Folder + "Get-FargateSessionPreset.md")]
[OutputType(typeof(FargateSessionPreset))]
public sealed class GetFargateSessionPresetCommand : PresetCmdlet
{
    /// <summary>Names of presets; wildcards are permitted. Without it all of them.</summary>
    /// <value>*</value>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true,
        HelpMessage = "Names of presets; wildcards are permitted.")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PresetCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Returns the presets of these names.</summary>
    protected override void ProcessRecord() => Guard(null, () =>
    {
        var presets = OpenStore().ReadAll();
        foreach (var name in Name)
        {
            FargateSessionPreset[] found = [.. presets.Where(preset => Wildcards.IsMatch(name, preset.Name))];
            if (found.Length == 0 && !Wildcards.IsPattern(name))
            {
                Report(PresetStore.NotFound(name, presets.Select(preset => preset.Name)), name);
            }

            WriteObject(found, enumerateCollection: true);
        }
    });
}
