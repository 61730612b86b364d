using System.Collections;
using System.Globalization;
using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Connection;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Presets;

namespace EcsFargateLogin.Completion;

/// <summary>The command that is being typed: the values that its parameters would have, and so how it would reach AWS.</summary>
/// <param name="name">The command's name.</param>
/// <param name="bound">The parameters that are bound so far, by PowerShell's preview of the command line.</param>
internal sealed class TypedCommand(string name, IDictionary bound)
{
    private const string CurrentFolder = "$ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath";
    private const string KnownPath =
        "param($path) $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($path)";

    private ParameterValues? _values;

    private ParameterValues Values => _values ??= Merge();

    /// <summary>The settings with which the command would reach AWS.</summary>
    /// <exception cref="FargateException">The parameters do not go together.</exception>
    internal CloudSettings Access() => new AwsAccess(Parameters, Variable).SettingsFor(Session());

    /// <summary>The file that profiles are read from; null for the usual ones.</summary>
    internal string? Location() => Parameters().ProfileLocation;

    /// <summary>The cluster that the command is about.</summary>
    internal string Cluster() => PresetRules.ClusterOf(Values);

    /// <summary>The text that a parameter is given, or the first of several; null for none.</summary>
    internal string? Text(string parameter) => Values.Get<object>(parameter) switch
    {
        string text => text,
        IEnumerable items => items.Cast<object?>().FirstOrDefault()?.ToString(),
        var value => value?.ToString(),
    };

    /// <summary>The CPU units that the command is given; null without valid ones.</summary>
    internal int? Cpu() => Values.Get<object>("Cpu") is { } given
        ? TaskSizeRule.Of(TaskSizeValue.Cpu).Parse(Convert.ToString(given, CultureInfo.InvariantCulture))
        : null;

    /// <summary>The session of this machine that the command is given by its id; null for none.</summary>
    internal FargateSession? Session()
    {
        var journal = SessionJournal.OfCurrentUser();
        return Text("Session") is { } id && journal.Find(id) is { } entry ? journal.SessionOf(entry) : null;
    }

    /// <summary>The presets that apply in the current folder.</summary>
    internal static PresetStore Presets() => new((string)Run(CurrentFolder)!, SessionParameters.Keys);

    private AccessParameters Parameters() => AccessParameters.Of(Values, path => Run(KnownPath, path) as string ?? path);

    private ParameterValues Merge()
    {
        var given = DefaultParameters.AddTo(
            BoundValues(), Variable(DefaultParameters.Variable), name, SessionParameters.Names);
        try
        {
            return SessionParameters.IsPresetCommand(name) ? SessionParameters.Merge(given, Presets) : ParameterValues.Of(given);
        }
        catch (FargateException)
        {
            // The command itself will report the preset or its file.
            return ParameterValues.Of(given);
        }
    }

    private Dictionary<string, object> BoundValues()
    {
        Dictionary<string, object> values = new(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry each in bound)
        {
            if (each.Value is { } value and not "")
            {
                values.Add((string)each.Key, BoundParameters.Plain(value));
            }
        }

        return values;
    }

    private static object? Variable(string variable) => Run($"${variable}");

    private static object? Run(string script, params object[] arguments)
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddScript(script, useLocalScope: true);
        Array.ForEach(arguments, argument => shell.AddArgument(argument));
        return shell.Invoke() is [var found] ? found?.BaseObject : null;
    }
}
