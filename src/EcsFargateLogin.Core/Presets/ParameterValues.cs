using System.Diagnostics.CodeAnalysis;

namespace EcsFargateLogin.Presets;

/// <summary>
/// The values of a command's parameters for one record, with the source of each. Bound values (typed, from the pipeline or from
/// $PSDefaultParameterValues) come first, then those of a preset; a parameter that has neither is not given, and has its declared
/// default. The set never changes. Commands that run and the completion of commands read the same sets.
/// </summary>
internal sealed class ParameterValues
{
    private readonly IReadOnlyDictionary<string, object> _bound;
    private readonly IReadOnlyDictionary<string, object> _defaults;
    private readonly Dictionary<string, (object Value, string File)> _ofPreset = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _warnings = [];

    private ParameterValues(IReadOnlyDictionary<string, object> bound, IReadOnlyDictionary<string, object>? defaults) =>
        (_bound, _defaults) = (bound, defaults ?? new Dictionary<string, object>());

    /// <summary>The file of each value that comes from a preset, by the parameter's name.</summary>
    public IReadOnlyDictionary<string, string> Files =>
        _ofPreset.ToDictionary(value => value.Key, value => value.Value.File, StringComparer.OrdinalIgnoreCase);

    /// <summary>Warnings about values of the preset that are left out.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>The values of a command that takes nothing from presets.</summary>
    /// <param name="bound">
    /// The bound values by the parameters' names, in any case: text, numbers, truth values, enumerations and lists.
    /// </param>
    public static ParameterValues Of(IReadOnlyDictionary<string, object> bound) => new(bound, defaults: null);

    /// <summary>Merges bound values with those of a preset, as far as <see cref="PresetRules"/> allow.</summary>
    /// <param name="bound">As for <see cref="Of"/>.</param>
    /// <param name="preset">The preset; null for none.</param>
    /// <param name="defaults">The declared defaults of parameters; null for none.</param>
    public static ParameterValues Merge(
        IReadOnlyDictionary<string, object> bound,
        FargateSessionPreset? preset,
        IReadOnlyDictionary<string, object>? defaults = null)
    {
        ParameterValues merged = new(bound, defaults);
        foreach (var (name, value) in preset?.Parameter ?? new Dictionary<string, object>())
        {
            var file = preset!.Source[name];
            if (merged.IsGiven(name) || PresetRules.IsSuperseded(merged, name, file))
            {
                continue;
            }

            if (PresetRules.WarningAbout(merged, name, file) is { } warning)
            {
                merged._warnings.Add(warning);
            }
            else
            {
                merged._ofPreset.Add(name, (value, file));
            }
        }

        return merged;
    }

    /// <summary>Whether the parameter has a bound value.</summary>
    public bool IsBound(string name) => _bound.ContainsKey(name);

    /// <summary>Whether the parameter has a bound value or one of the preset.</summary>
    public bool IsGiven(string name) => IsBound(name) || _ofPreset.ContainsKey(name);

    /// <summary>The file of the preset that gives the parameter; null where it is bound or not given.</summary>
    public string? FileOf(string name) => _ofPreset.TryGetValue(name, out var value) ? value.File : null;

    /// <summary>The value of a parameter; where it is not given, its declared default, or else the one named here.</summary>
    /// <typeparam name="T">The parameter's type. Presets hold enumerations as text.</typeparam>
    /// <param name="name">The parameter's name.</param>
    /// <param name="otherwise">The value without a declared default, and in place of a value of another type.</param>
    [return: NotNullIfNotNull(nameof(otherwise))]
    public T? Get<T>(string name, T? otherwise = default) =>
        (_bound.GetValueOrDefault(name) ?? _ofPreset.GetValueOrDefault(name).Value ?? _defaults.GetValueOrDefault(name)) switch
        {
            T value => value,
            string text when typeof(T).IsEnum && Enum.TryParse(typeof(T), text, ignoreCase: true, out var value) => (T)value,
            _ => otherwise,
        };
}
