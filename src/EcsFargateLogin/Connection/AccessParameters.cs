using System.Collections;
using System.Management.Automation;

namespace EcsFargateLogin.Connection;

/// <summary>The parameters that say how AWS is reached, as they are bound or would be.</summary>
internal sealed record AccessParameters
{
    public string? ProfileName { get; init; }

    /// <summary>A path of the file system.</summary>
    public string? ProfileLocation { get; init; }

    public string? AccessKey { get; init; }

    public string? SecretKey { get; init; }

    public string? SessionToken { get; init; }

    public object? Credential { get; init; }

    public object? Region { get; init; }

    public string? EndpointUrl { get; init; }
}

/// <summary>Reads $PSDefaultParameterValues as PowerShell does.</summary>
internal static class DefaultParameters
{
    public const string Variable = "PSDefaultParameterValues";

    /// <summary>What the variable holds for a parameter; null for nothing, and where it is switched off.</summary>
    /// <param name="variable">The variable's value.</param>
    /// <param name="command">The command's name, perhaps with that of its module.</param>
    /// <param name="parameter">The parameter's name.</param>
    public static object? Find(object? variable, string command, string parameter)
    {
        if (variable is not IDictionary defaults || LanguagePrimitives.IsTrue(defaults["Disabled"]))
        {
            return null;
        }

        var name = command[(command.LastIndexOf('\\') + 1)..];
        return defaults.Keys.OfType<string>()
            // A key is CmdletName:ParameterName, each perhaps with wildcards.
            .Where(key => key.Split(':', 2) is [var ofCommand, var ofParameter] && Fits(ofCommand, name) && Fits(ofParameter, parameter))
            .Select(key => defaults[key] is PSObject wrapped ? wrapped.BaseObject : defaults[key])
            .FirstOrDefault(value => value is not null);
    }

    private static bool Fits(string pattern, string text) =>
        WildcardPattern.Get(pattern.Trim(' ', '\t', '"', '\''), WildcardOptions.IgnoreCase).IsMatch(text);
}
