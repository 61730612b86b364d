using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using EcsFargateLogin.Pipeline;
using EcsFargateLogin.Presets;

namespace EcsFargateLogin.Connection;

/// <summary>
/// Names the cmdlet with the parameters that presets hold. The assembly declares it, because completion reads presets too, and
/// must not refer to cmdlets, which name completers.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class PresetsOfAttribute(Type cmdlet) : Attribute
{
    public Type Cmdlet { get; } = cmdlet;
}

/// <summary>
/// Lets a project's file of presets hold a parameter: what to start, how large, where, and for how long. All other parameters stay with the
/// user, because such a file comes with other people's repositories: what would be run and as whom (Command,
/// EnvironmentVariable, TaskRoleArn), which account or server gets the request (ProfileName, ProfileLocation, EndpointUrl),
/// which server is trusted (HostKeyVerification), how many are paid for (Count).
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ProjectKeyAttribute : Attribute;

/// <summary>The parameters of New-FargateSession as the keys of presets, described by their declarations alone.</summary>
internal static class SessionParameters
{
    private const string Preset = "Preset";
    private const string NoPreset = "NoPreset";

    private static readonly Type Cmdlet = typeof(SessionParameters).Assembly.GetCustomAttribute<PresetsOfAttribute>()!.Cmdlet;

    private static readonly Dictionary<string, PropertyInfo> Properties = BoundParameters.PropertiesOf(Cmdlet)
        .Where(property => property.Name is not (Preset or NoPreset) && !PresetKeys.IsSecret(property.Name))
        .Where(property => KindOf(property.PropertyType) is not null)
        .ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The keys that a preset can have.</summary>
    public static PresetKeys Keys { get; } = new([.. Properties.Values.Select(KeyOf)]);

    private static readonly Dictionary<string, object> Defaults = BoundParameters.PropertiesOf(Cmdlet)
        .Where(property => property.IsDefined(typeof(PSDefaultValueAttribute)))
        .ToDictionary(
            property => property.Name,
            property => property.GetCustomAttribute<PSDefaultValueAttribute>()!.Value,
            StringComparer.OrdinalIgnoreCase);

    /// <summary>The values of a record of New-FargateSession, for a command that runs or one that is being typed.</summary>
    /// <param name="bound">The bound values by the parameters' names.</param>
    /// <param name="presets">Opens the presets of the command's current folder.</param>
    /// <exception cref="FargateException">The preset does not exist, or a file cannot be used.</exception>
    public static ParameterValues Merge(IReadOnlyDictionary<string, object> bound, Func<PresetStore> presets)
    {
        var values = ParameterValues.Merge(bound, preset: null, Defaults);
        return values.Get<bool>(NoPreset) ? values
            : ParameterValues.Merge(bound, presets().Find(values.Get<string>(Preset)), Defaults);
    }

    /// <summary>Whether a command, by its name, is the one that uses presets.</summary>
    public static bool IsPresetCommand(string command) =>
        Cmdlet.GetCustomAttribute<CmdletAttribute>() is { } attribute
        && $"{attribute.VerbName}-{attribute.NounName}".Equals(
            DefaultParameters.NameOf(command), StringComparison.OrdinalIgnoreCase);

    /// <summary>The names of all parameters of the command.</summary>
    public static IEnumerable<string> Names => BoundParameters.PropertiesOf(Cmdlet).Select(property => property.Name);

    /// <summary>Converts a parameter's value to the one that a file of presets has.</summary>
    /// <exception cref="FargateException">The value is not a region.</exception>
    public static object ToPreset(string key, object value) => (Keys.Find(key)!.Kind, value) switch
    {
        (PresetValueKind.Text, _) when key == nameof(AccessParameters.Region) => RegionObject.ToName(value, $"-{key}"),
        (PresetValueKind.Text, _) => value.ToString()!,
        (PresetValueKind.Switch, SwitchParameter given) => given.ToBool(),
        (PresetValueKind.TextMap, IDictionary map) => map.Cast<DictionaryEntry>().ToDictionary(
            entry => entry.Key.ToString()!, entry => Convert.ToString(entry.Value, CultureInfo.InvariantCulture) ?? ""),
        _ => value,
    };

    /// <summary>The same parameters as dynamic ones for another cmdlet, none of them mandatory.</summary>
    public static RuntimeDefinedParameterDictionary AsDynamic()
    {
        RuntimeDefinedParameterDictionary parameters = [];
        foreach (var property in Properties.Values)
        {
            var attributes = property.GetCustomAttributes().Where(attribute => attribute
                is ValidateArgumentsAttribute or ArgumentTransformationAttribute or ArgumentCompleterAttribute or AliasAttribute);
            // The parameter is the same in all of its parameter sets.
            ParameterAttribute parameter = new();
            if (property.GetCustomAttributes<ParameterAttribute>().First().HelpMessage is { Length: > 0 } message)
            {
                parameter.HelpMessage = message;
            }

            parameters.Add(
                property.Name, new RuntimeDefinedParameter(property.Name, property.PropertyType, [.. attributes, parameter]));
        }

        return parameters;
    }

    private static PresetKey KeyOf(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        PresetKey key = new(property.Name, KindOf(type)!.Value)
        {
            IsForProjects = property.IsDefined(typeof(ProjectKeyAttribute)),
            Choices = type.IsEnum ? Enum.GetNames(type) : [],
            Size = property.GetCustomAttribute<TaskSizeAttribute>()?.Rule,
        };
        return property.GetCustomAttributes<ValidateArgumentsAttribute>().Aggregate(key, (known, attribute) => attribute switch
        {
            ValidateRangeAttribute range => known with { Range = ((int)range.MinRange, (int)range.MaxRange) },
            ValidateCountAttribute count => known with { MostItems = count.MaxLength },
            ValidateSetAttribute set => known with { Choices = [.. set.ValidValues] },
            TextPatternAttribute pattern => known with { Rule = pattern.Rule },
            _ => known,
        });
    }

    /// <summary>The kind of values that a parameter of a type has in a preset; null where no file can hold them.</summary>
    private static PresetValueKind? KindOf(Type type) =>
        Nullable.GetUnderlyingType(type) is { } underlying ? KindOf(underlying)
        : type == typeof(string) || type == typeof(object) || type.IsEnum ? PresetValueKind.Text
        : type == typeof(string[]) ? PresetValueKind.TextList
        : type == typeof(int) ? PresetValueKind.Number
        : type == typeof(SwitchParameter) ? PresetValueKind.Switch
        : type == typeof(Hashtable) ? PresetValueKind.TextMap
        : null;
}
