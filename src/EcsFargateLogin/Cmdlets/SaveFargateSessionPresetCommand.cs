using System.Management.Automation;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Connection;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Pipeline;
using EcsFargateLogin.Presets;

namespace EcsFargateLogin.Cmdlets;

/// <summary>Saves parameters of New-FargateSession under a name. It accepts all of them except those that hold secrets.</summary>
[Cmdlet(VerbsData.Save, "FargateSessionPreset", SupportsShouldProcess = true,
    HelpUri = HelpPages.Folder + "Save-FargateSessionPreset.md")]
[OutputType(typeof(void))]
[ParametersOf(typeof(NewFargateSessionCommand), Except =
[
    nameof(NewFargateSessionCommand.Preset), nameof(NewFargateSessionCommand.NoPreset),
    nameof(AwsCmdlet.AccessKey), nameof(AwsCmdlet.SecretKey), nameof(AwsCmdlet.SessionToken), nameof(AwsCmdlet.Credential),
])]
public sealed class SaveFargateSessionPresetCommand : PresetCmdlet, IDynamicParameters
{
    /// <summary>The preset's name. 'default' is used wherever none is named. An existing preset is replaced.</summary>
    /// <value>default</value>
    [Parameter(Position = 0, HelpMessage = "The preset's name. 'default' is used wherever none is named.")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PresetCompleter))]
    public string Name { get; set; } = PresetStore.DefaultName;

    /// <summary>
    /// Keeps it in the project's file, .fargatelogin.json: the nearest one of the current folder and those above, or a new
    /// one in the current folder. Without it in your own file.
    /// </summary>
    [Parameter(HelpMessage = "Keeps it in the project's file, .fargatelogin.json, in place of your own.")]
    public SwitchParameter Project { get; set; }

    /// <summary>The parameters of New-FargateSession.</summary>
    public object GetDynamicParameters() => SessionParameters.AsDynamic();

    /// <summary>Writes the preset.</summary>
    protected override void ProcessRecord() => Guard(Name, () =>
    {
        if (!PresetParser.IsName(Name))
        {
            throw PresetErrors.InvalidPresetName(Name);
        }

        var keys = SessionParameters.Keys.All.Where(key => MyInvocation.BoundParameters.ContainsKey(key.Name)).ToList();
        var refused = keys.Where(key => Project && !key.IsForProjects).Select(key => key.Name).ToList();
        if (keys.Count == 0 || refused.Count > 0)
        {
            throw keys.Count == 0 ? PresetErrors.EmptyPreset(Name) : PresetErrors.NotForProjects(refused);
        }

        var store = OpenStore();
        var file = Project ? store.Project : store.User;
        // A file that cannot be used is an error before the user is asked to confirm.
        file.Read();
        var preset = keys.ToDictionary(
            key => key.Name, key => SessionParameters.ToPreset(key.Name, MyInvocation.BoundParameters[key.Name]));
        if (ShouldProcess(file.Path, $"Save preset {Name}"))
        {
            Change(store, file, presets => presets[Name] = preset);
        }
    });
}
