using System.Collections;
using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Connection;
using EcsFargateLogin.Presets;

namespace EcsFargateLogin.Completion;

/// <summary>
/// The command that is being typed: what its parameters are bound to so far, or would be by $PSDefaultParameterValues or a
/// preset, and so how it would reach AWS.
/// </summary>
internal sealed class TypedCommand(string name, IDictionary bound)
{
    private const string CommandOfPresets = "New-FargateSession";
    private const string CurrentFolder = "$ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath";
    private const string KnownPath = "param($path) $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($path)";

    /// <summary>How the command would reach AWS.</summary>
    /// <exception cref="FargateException">By something that it cannot be reached by.</exception>
    internal CloudSettings Access() => new AwsAccess(Parameters, Variable).SettingsFor(session: null);

    /// <summary>The file to look for profiles in, or null.</summary>
    internal string? Location() => Text("ProfileLocation") is { } path ? Run(KnownPath, path) as string : null;

    /// <summary>The cluster that it is about.</summary>
    internal string Cluster() => Text("Cluster") ?? "default";

    /// <summary>What presets can hold. The cmdlets hand it in: they name completers, and no completer names a cmdlet.</summary>
    internal static Func<PresetKeys> KeysOfPresets { get; set; } = () => new PresetKeys([]);

    /// <summary>The presets that hold where it is typed.</summary>
    internal static PresetStore Presets() => new((string)Run(CurrentFolder)!, KeysOfPresets());

    private AccessParameters Parameters() => new()
    {
        ProfileName = Text("ProfileName"),
        ProfileLocation = Location(),
        AccessKey = Text("AccessKey"),
        SecretKey = Text("SecretKey"),
        SessionToken = Text("SessionToken"),
        Credential = Value("Credential"),
        Region = Value("Region"),
        EndpointUrl = Text("EndpointUrl"),
    };

    private string? Text(string parameter) => Value(parameter) as string is { Length: > 0 } text ? text : null;

    private object? Value(string parameter) => Unwrap(bound[parameter]) ?? Default(parameter) ?? OfPreset(parameter);

    private object? OfPreset(string parameter)
    {
        if (!name.EndsWith(CommandOfPresets, StringComparison.OrdinalIgnoreCase) || bound.Contains("NoPreset"))
        {
            return null;
        }

        try
        {
            return Presets().Find(Unwrap(bound["Preset"]) as string)?.Parameter.GetValueOrDefault(parameter);
        }
        catch (FargateException)
        {
            // The command itself will say so.
            return null;
        }
    }

    // A script block would have to be run to be known.
    private object? Default(string parameter) =>
        DefaultParameters.Find(Variable(DefaultParameters.Variable), name, parameter) is var value and not ScriptBlock ? value : null;

    private static object? Variable(string variable) => Run($"${variable}");

    private static object? Run(string script, params object[] arguments)
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddScript(script, useLocalScope: true);
        Array.ForEach(arguments, argument => shell.AddArgument(argument));
        return shell.Invoke() is [var found] ? Unwrap(found) : null;
    }

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
