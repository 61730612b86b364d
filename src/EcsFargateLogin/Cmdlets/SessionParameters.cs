using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Connection;
using EcsFargateLogin.Pipeline;
using EcsFargateLogin.Presets;

namespace EcsFargateLogin.Cmdlets;

/// <summary>The parameters of New-FargateSession as what presets can hold.</summary>
internal static class SessionParameters
{
    /// <summary>
    /// What a project's file may hold: what to start, where, and for how long. All else stays with the user, because such a
    /// file comes with other people's repositories: what would be run and as whom (Command, EnvironmentVariable,
    /// TaskRoleArn), whose account or which server gets the request (ProfileName, ProfileLocation, EndpointUrl), which
    /// server is trusted (HostKeyVerification), how many are paid for (Count). A parameter that is new is not among them
    /// until somebody has thought about it.
    /// </summary>
    private static readonly string[] ForProjects =
    [
        nameof(NewFargateSessionCommand.TaskDefinition),
        nameof(NewFargateSessionCommand.FromTaskDefinition),
        nameof(NewFargateSessionCommand.Service),
        nameof(NewFargateSessionCommand.Cluster),
        nameof(NewFargateSessionCommand.Subnet),
        nameof(NewFargateSessionCommand.SecurityGroup),
        nameof(NewFargateSessionCommand.ContainerName),
        nameof(NewFargateSessionCommand.AssignPublicIp),
        nameof(NewFargateSessionCommand.Transport),
        nameof(NewFargateSessionCommand.Port),
        nameof(NewFargateSessionCommand.UserName),
        nameof(NewFargateSessionCommand.PlatformVersion),
        nameof(NewFargateSessionCommand.CapacityProvider),
        nameof(NewFargateSessionCommand.FallbackToOnDemand),
        nameof(NewFargateSessionCommand.RetryCount),
        nameof(NewFargateSessionCommand.StartTimeout),
        nameof(NewFargateSessionCommand.LoginTimeout),
        nameof(NewFargateSessionCommand.IdleTimeout),
        nameof(NewFargateSessionCommand.UnusedTimeout),
        nameof(NewFargateSessionCommand.MaxLifetime),
        nameof(NewFargateSessionCommand.Tag),
        nameof(NewFargateSessionCommand.Region),
    ];

    private static readonly string[] NotKept =
        [nameof(NewFargateSessionCommand.Preset), nameof(NewFargateSessionCommand.NoPreset)];

    private static readonly Dictionary<string, PropertyInfo> Properties = typeof(NewFargateSessionCommand)
        .GetProperties()
        .Where(property => property.IsDefined(typeof(ParameterAttribute)))
        .Where(property => !NotKept.Contains(property.Name) && !PresetKeys.IsSecret(property.Name))
        .Where(property => KindOf(property.PropertyType) is not null)
        .ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The keys that a preset can have.</summary>
    public static PresetKeys Keys { get; } = new([.. Properties.Values.Select(KeyOf)]);

    /// <summary>The property that a key stands for.</summary>
    public static PropertyInfo PropertyOf(string key) => Properties[key];

    /// <summary>A preset's value as the parameter's own type.</summary>
    public static object ToParameter(string key, object value) => value is IReadOnlyDictionary<string, string> map
        ? new Hashtable(map.ToDictionary(), StringComparer.Ordinal)
        : LanguagePrimitives.ConvertTo(value, Properties[key].PropertyType, CultureInfo.InvariantCulture);

    /// <summary>A parameter's value as a preset keeps it.</summary>
    /// <exception cref="FargateException">It is a region that is none.</exception>
    public static object ToPreset(string key, object value) => (Keys.Find(key)!.Kind, value) switch
    {
        (PresetValueKind.Text, _) when key == nameof(AwsCmdlet.Region) => RegionObject.ToName(value, $"-{key}"),
        (PresetValueKind.Text, _) => value.ToString()!,
        (PresetValueKind.Switch, SwitchParameter given) => given.ToBool(),
        (PresetValueKind.TextMap, IDictionary map) => map.Cast<DictionaryEntry>().ToDictionary(
            entry => entry.Key.ToString()!, entry => Convert.ToString(entry.Value, CultureInfo.InvariantCulture) ?? ""),
        _ => value,
    };

    /// <summary>The same parameters for a cmdlet that takes any of them and demands none.</summary>
    public static RuntimeDefinedParameterDictionary AsDynamic()
    {
        RuntimeDefinedParameterDictionary parameters = [];
        foreach (var property in Properties.Values)
        {
            var attributes = property.GetCustomAttributes().Where(attribute => attribute
                is ValidateArgumentsAttribute or ArgumentTransformationAttribute or ArgumentCompleterAttribute or AliasAttribute);
            // In all of its parameter sets it is the same parameter.
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
            IsForProjects = ForProjects.Contains(property.Name),
            Choices = type.IsEnum ? Enum.GetNames(type) : [],
        };
        return property.GetCustomAttributes<ValidateArgumentsAttribute>().Aggregate(key, (known, attribute) => attribute switch
        {
            ValidateRangeAttribute range => known with { Range = ((int)range.MinRange, (int)range.MaxRange) },
            ValidateCountAttribute count => known with { MostItems = count.MaxLength },
            ValidateSetAttribute set => known with { Choices = [.. set.ValidValues] },
            TextPatternAttribute pattern => known with { Pattern = pattern.Pattern },
            _ => known,
        });
    }

    /// <summary>What a parameter of that type takes in a preset; null for what no file can hold.</summary>
    private static PresetValueKind? KindOf(Type type) =>
        Nullable.GetUnderlyingType(type) is { } underlying ? KindOf(underlying)
        : type == typeof(string) || type == typeof(object) || type.IsEnum ? PresetValueKind.Text
        : type == typeof(string[]) ? PresetValueKind.TextList
        : type == typeof(int) ? PresetValueKind.Number
        : type == typeof(SwitchParameter) ? PresetValueKind.Switch
        : type == typeof(Hashtable) ? PresetValueKind.TextMap
        : null;
}

/// <summary>Hands to completion what presets can hold, when PowerShell imports the module.</summary>
public sealed class PresetCompletionSetup : IModuleAssemblyInitializer
{
    /// <summary>Called by PowerShell.</summary>
    public void OnImport() => TypedCommand.KeysOfPresets = () => SessionParameters.Keys;
}
