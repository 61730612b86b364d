using System.Management.Automation;
using EcsFargateLogin.EndToEnd.Cmdlets;

namespace EcsFargateLogin.EndToEnd.Completion;

/// <summary>What PowerShell offers when Tab is pressed at the end of a line.</summary>
internal static class Tab
{
    /// <summary>What is offered; that nothing is written to any stream, nor to $Error, is checked here.</summary>
    public static IReadOnlyList<CompletionResult> Press(Operator me, string line)
    {
        var run = me.Run(
            """
            param($line)
            $VerbosePreference = $DebugPreference = 'Continue'
            $Error.Clear()
            (TabExpansion2 $line $line.Length).CompletionMatches
            $global:errorsOfTab = $Error.Count
            """,
            line);
        Assert.Null(run.TerminatingError);
        Assert.Empty(run.Errors);
        Assert.Empty(run.Warnings.Concat(run.Verbose).Concat(run.Debug));
        Assert.Equal(0, me.Variable("errorsOfTab"));
        return [.. run.Output.Select(result => (CompletionResult)result.BaseObject)];
    }

    /// <summary>The texts that would stand in the line.</summary>
    public static IReadOnlyList<string> Texts(Operator me, string line) =>
        [.. Press(me, line).Select(result => result.CompletionText)];
}
