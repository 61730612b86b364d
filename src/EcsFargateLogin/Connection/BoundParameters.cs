using System.Collections;
using System.Collections.Concurrent;
using System.Management.Automation;
using System.Reflection;
using EcsFargateLogin.Pipeline;

namespace EcsFargateLogin.Connection;

/// <summary>Reads the bound parameters of a cmdlet, by their declarations.</summary>
internal static class BoundParameters
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Declared = new();

    /// <summary>
    /// The values by the parameters' names. PowerShell still lists as bound the parameters of earlier records of the pipeline,
    /// but resets their properties: a property that is null has no value in this record.
    /// </summary>
    public static IReadOnlyDictionary<string, object> Of(PSCmdlet cmdlet)
    {
        Dictionary<string, object> values = new(StringComparer.OrdinalIgnoreCase);
        foreach (var property in PropertiesOf(cmdlet.GetType()))
        {
            if (cmdlet.MyInvocation.BoundParameters.ContainsKey(property.Name) && property.GetValue(cmdlet) is { } value)
            {
                values.Add(property.Name, Plain(value));
            }
        }

        return values;
    }

    /// <summary>The properties of a cmdlet that are parameters.</summary>
    public static IReadOnlyList<PropertyInfo> PropertiesOf(Type cmdlet) => Declared.GetOrAdd(
        cmdlet, static type => [.. type.GetProperties().Where(property => property.IsDefined(typeof(ParameterAttribute)))]);

    /// <summary>A value without PowerShell's own types around it.</summary>
    public static object Plain(object value) => PSValue.Unwrap(value) switch
    {
        SwitchParameter given => given.ToBool(),
        var plain => plain,
    };
}

/// <summary>Reads $PSDefaultParameterValues as PowerShell does.</summary>
internal static class DefaultParameters
{
    public const string Variable = "PSDefaultParameterValues";

    /// <summary>The variable's value for a parameter; null for none, and where the variable is disabled.</summary>
    /// <param name="variable">The variable's value.</param>
    /// <param name="command">The command's name, perhaps with that of its module.</param>
    /// <param name="parameter">The parameter's name.</param>
    public static object? Find(object? variable, string command, string parameter)
    {
        if (variable is not IDictionary defaults || LanguagePrimitives.IsTrue(defaults["Disabled"]))
        {
            return null;
        }

        var name = NameOf(command);
        return defaults.Keys.OfType<string>()
            // A key is CmdletName:ParameterName, each perhaps with wildcards.
            .Where(key => key.Split(':', 2) is [var ofCommand, var ofParameter]
                && Fits(ofCommand, name) && Fits(ofParameter, parameter))
            .Select(key => defaults[key])
            .OfType<object>()
            .Select(BoundParameters.Plain)
            .FirstOrDefault();
    }

    /// <summary>
    /// The bound values of a command that is being typed, with the default values that PowerShell will add to them.
    /// </summary>
    /// <param name="bound">The values that are bound on the command line.</param>
    /// <param name="variable">The variable's value.</param>
    /// <param name="command">The command's name.</param>
    /// <param name="parameters">The names of parameters that may have defaults.</param>
    public static IReadOnlyDictionary<string, object> AddTo(
        IReadOnlyDictionary<string, object> bound, object? variable, string command, IEnumerable<string> parameters)
    {
        Dictionary<string, object> all = new(bound, StringComparer.OrdinalIgnoreCase);
        foreach (var parameter in parameters.Where(parameter => !all.ContainsKey(parameter)))
        {
            // The value of a script block is not known before it runs.
            if (Find(variable, command, parameter) is { } value and not ScriptBlock)
            {
                all.Add(parameter, value);
            }
        }

        return all;
    }

    /// <summary>A command's name without that of its module.</summary>
    public static string NameOf(string command) => command[(command.LastIndexOf('\\') + 1)..];

    private static bool Fits(string pattern, string text) => Wildcards.IsMatch(pattern.Trim(' ', '\t', '"', '\''), text);
}
