using System.Management.Automation.Runspaces;

namespace PowerShellHost.ConsoleHost;

/// <summary>Turns a script's arguments into parameters as <c>pwsh -File</c> does.</summary>
internal static class ScriptArguments
{
    public static IEnumerable<CommandParameter> Bind(IReadOnlyList<string> arguments)
    {
        string? awaitsValue = null;
        foreach (var argument in arguments)
        {
            if (awaitsValue is not null)
            {
                yield return new CommandParameter(awaitsValue, argument);
                awaitsValue = null;
            }
            else if (!argument.StartsWith('-'))
            {
                yield return new CommandParameter(null, argument);
            }
            else if (argument.IndexOf(':', StringComparison.Ordinal) is var colon && colon < 0)
            {
                // A switch, or a name whose value comes next: the binder knows.
                yield return new CommandParameter(argument);
            }
            else if (colon == argument.Length - 1)
            {
                awaitsValue = argument[..colon];
            }
            else
            {
                yield return new CommandParameter(argument[..colon], Value(argument[(colon + 1)..]));
            }
        }

        if (awaitsValue is not null)
        {
            yield return new CommandParameter(awaitsValue);
        }
    }

    private static object Value(string text) => text.ToUpperInvariant() switch
    {
        "$TRUE" => true,
        "$FALSE" => false,
        _ => text,
    };
}
