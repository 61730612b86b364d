using System.Collections;
using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Cmdlets;
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
    internal TypedAccess Access()
    {
        CloudSettings settings = new() { Region = Region(), EndpointUrl = Text("EndpointUrl") };
        if (AwsAccess.KeysOf(Text("AccessKey"), Text("SecretKey"), Text("SessionToken")) is { } keys)
        {
            return new(settings with { Credentials = keys }, Text("AccessKey"));
        }

        var namesProfile = Text("ProfileName") is not null || Text("ProfileLocation") is not null;
        if (Value("Credential") is { } credential)
        {
            return namesProfile
                ? throw FargateErrors.ProfileAndCredential()
                : By(credential, CredentialOrigin.Credential, settings);
        }

        if (namesProfile)
        {
            return new(settings with { ProfileName = Text("ProfileName"), ProfileLocation = Location() }, Credential: null);
        }

        return Variable("StoredAWSCredentials") is { } stored
            ? By(stored, CredentialOrigin.StoredCredentials, settings)
            : new(settings, Credential: null);
    }

    /// <summary>The file to look for profiles in, or null.</summary>
    internal string? Location() => Text("ProfileLocation") is { } path ? Run(KnownPath, path) as string : null;

    /// <summary>The cluster that it is about.</summary>
    internal string Cluster() => Text("Cluster") ?? "default";

    /// <summary>The presets that hold where it is typed.</summary>
    internal static PresetStore Presets() => new((string)Run(CurrentFolder)!, SessionParameters.Keys);

    private static TypedAccess By(object credential, CredentialOrigin origin, CloudSettings settings) =>
        new(settings with { Credentials = CredentialObject.ToSource(credential, origin) }, credential);

    private string? Region() =>
        (Value("Region") ?? Variable("StoredAWSRegion")) is { } region ? RegionObject.ToName(region, "-Region") : null;

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

    private object? Default(string parameter)
    {
        if (Variable("PSDefaultParameterValues") is not IDictionary defaults || LanguagePrimitives.IsTrue(defaults["Disabled"]))
        {
            return null;
        }

        // A script block would have to be run to be known.
        return defaults.Keys.OfType<string>()
            .Where(key => Names(key, parameter))
            .Select(key => Unwrap(defaults[key]))
            .FirstOrDefault(value => value is not (null or ScriptBlock));
    }

    // A key is CmdletName:ParameterName, each perhaps with wildcards.
    private bool Names(string key, string parameter) =>
        key.Split(':', 2) is [var ofCommand, var ofParameter] && Fits(ofCommand, name) && Fits(ofParameter, parameter);

    private static bool Fits(string pattern, string text) =>
        WildcardPattern.Get(pattern.Trim(), WildcardOptions.IgnoreCase).IsMatch(text);

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

/// <summary>How a command that is being typed would reach AWS.</summary>
/// <param name="Settings">Everything that it takes.</param>
/// <param name="Credential">The access key or the credentials object, by which two commands are told apart; null for none.</param>
internal sealed record TypedAccess(CloudSettings Settings, object? Credential);
