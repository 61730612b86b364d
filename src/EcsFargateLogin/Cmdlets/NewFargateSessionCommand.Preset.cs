using System.Reflection;
using EcsFargateLogin.Presets;

namespace EcsFargateLogin.Cmdlets;

// Presets: what is not typed comes from a file.
public sealed partial class NewFargateSessionCommand
{
    /// <summary>What was bound before the first record: what was typed, and what $PSDefaultParameterValues holds.</summary>
    private string[] _typed = [];

    /// <summary>What presets have put into parameters for this record, with what was there before.</summary>
    private readonly Dictionary<PropertyInfo, object?> _replaced = [];

    /// <summary>The warnings about files of projects that were given.</summary>
    private readonly HashSet<string> _toldOfFiles = [];

    /// <summary>What says whom the rule of -AuthorizeMyAddress lets in where.</summary>
    private static readonly string[] ParametersOfRule = [nameof(SecurityGroup), nameof(Port)];

    /// <summary>Where the values of this record's parameters come from that nobody has typed.</summary>
    private readonly Dictionary<string, string> _sources = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a parameter has a value that was typed, comes from the pipeline or from a preset.</summary>
    private bool IsGiven(string parameter) => IsBound(parameter) || _sources.ContainsKey(parameter);

    private bool IsBound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    /// <summary>Does the work of a record whose parameters the preset has filled, if nothing is missing then.</summary>
    private void WithPreset(Action work)
    {
        try
        {
            var isComplete = false;
            Guard(Preset, () =>
            {
                TakePreset();
                CheckGiven();
                isComplete = true;
            });
            if (isComplete)
            {
                work();
            }
        }
        finally
        {
            LeaveRecord();
        }
    }

    /// <summary>Fills this record's parameters from the preset.</summary>
    private void TakePreset()
    {
        if (NoPreset || FindPreset() is not { } preset)
        {
            return;
        }

        foreach (var (parameter, value) in preset.Parameter)
        {
            var file = preset.Source[parameter];
            if (!IsGiven(parameter) && !IsSuperseded(parameter, file) && MayLetIn(parameter, file))
            {
                var property = SessionParameters.PropertyOf(parameter);
                _replaced.Add(property, property.GetValue(this));
                _sources.Add(parameter, file);
                property.SetValue(this, SessionParameters.ToParameter(parameter, value));
            }
        }

        foreach (var given in _sources.GroupBy(source => source.Value, source => source.Key))
        {
            WriteVerbose($"Preset '{preset}' in '{given.Key}' gives {string.Join(", ", given)}.");
        }
    }

    /// <summary>
    /// Whether a preset may let this machine's address in: not to a group or port that another file names, which is a project's.
    /// Who types the switch has seen which group that is.
    /// </summary>
    private bool MayLetIn(string parameter, string file)
    {
        if (parameter != nameof(AuthorizeMyAddress)
            || Array.Find(ParametersOfRule, name => _sources.TryGetValue(name, out var giver) && giver != file) is not { } other)
        {
            return true;
        }

        WriteWarning(
            $"AuthorizeMyAddress of the preset in '{file}' is left out, because {other} comes from '{_sources[other]}'. Type "
            + "-AuthorizeMyAddress to let this machine's address in there.");
        return false;
    }

    /// <summary>
    /// Undoes what was this record's alone. PowerShell resets what it has bound from the pipeline, but goes on to list it as
    /// bound; and it takes for a parameter's default what it finds there.
    /// </summary>
    private void LeaveRecord()
    {
        foreach (var (property, value) in _replaced)
        {
            property.SetValue(this, value);
        }

        _replaced.Clear();
        _sources.Clear();
        foreach (var parameter in MyInvocation.BoundParameters.Keys.Except(_typed).ToList())
        {
            MyInvocation.BoundParameters.Remove(parameter);
        }
    }

    private FargateSessionPreset? FindPreset() => PresetCmdlet.OpenStore(this, _toldOfFiles).Find(Preset);

    /// <summary>Makes sure that the record says what to start and where.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.MissingMandatoryParameter"/>.</exception>
    private void CheckGiven()
    {
        if (Service is not null)
        {
            return;
        }

        List<string> missing = [];
        if (TaskDefinition.Length == 0 && FromTaskDefinition is null)
        {
            missing.Add(nameof(TaskDefinition));
        }

        if (Subnet.Length == 0)
        {
            missing.Add(nameof(Subnet));
        }

        if (missing.Count > 0)
        {
            throw PresetErrors.MissingMandatoryParameter(missing);
        }
    }
}
