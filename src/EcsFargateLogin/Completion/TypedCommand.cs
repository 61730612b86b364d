using System.Collections;
using System.Management.Automation;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Completion;

/// <summary>
/// The command that is being typed: what its parameters are bound to so far, or would be by $PSDefaultParameterValues.
/// </summary>
internal sealed class TypedCommand(string name, IDictionary bound)
{
    private static readonly char[] s_colon = [':'];

    /// <summary>How the command would reach AWS.</summary>
    internal CloudSettings CloudSettings() => new()
    {
        ProfileName = Value("ProfileName"),
        ProfileLocation = Value("ProfileLocation"),
        Region = Value("Region"),
        EndpointUrl = Value("EndpointUrl"),
    };

    private string? Value(string parameter) => Text(bound[parameter]) ?? Default(parameter);

    private string? Default(string parameter)
    {
        if (Variable("PSDefaultParameterValues") is not IDictionary defaults || LanguagePrimitives.IsTrue(defaults["Disabled"]))
        {
            return null;
        }

        return defaults.Keys.OfType<string>()
            .Where(key => Names(key, parameter))
            .Select(key => Text(defaults[key]))
            .FirstOrDefault(value => value is not null);
    }

    // A key is CmdletName:ParameterName, each perhaps with wildcards.
    private bool Names(string key, string parameter) =>
        key.Split(s_colon, 2) is [var ofCommand, var ofParameter] && Fits(ofCommand, name) && Fits(ofParameter, parameter);

    private static bool Fits(string pattern, string text) =>
        WildcardPattern.Get(pattern.Trim(), WildcardOptions.IgnoreCase).IsMatch(text);

    // A script block would have to be run to be known.
    private static string? Text(object? value) =>
        (value is PSObject wrapped ? wrapped.BaseObject : value) is string { Length: > 0 } text ? text : null;

    private static object? Variable(string variable)
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        var found = shell.AddScript($"${variable}").Invoke();
        return found.Count == 1 ? found[0]?.BaseObject : null;
    }
}
