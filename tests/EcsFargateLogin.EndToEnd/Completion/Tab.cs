using System.Management.Automation;
using EcsFargateLogin.EndToEnd.Cmdlets;

namespace EcsFargateLogin.EndToEnd.Completion;

/// <summary>Completes a line as Tab does at its end.</summary>
internal static class Tab
{
    /// <summary>
    /// Returns the completions of the first Tab, and checks that nothing is written to any stream, nor to $Error.
    /// </summary>
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

    /// <summary>
    /// Returns the completions of a later Tab, because on a busy machine the first Tab may come before AWS has replied.
    /// </summary>
    public static IReadOnlyList<CompletionResult> Find(Operator me, string line)
    {
        IReadOnlyList<CompletionResult> found = [];
        SpinWait.SpinUntil(() => (found = Press(me, line)).Count > 0, Eventually.DefaultLimit);
        return found;
    }

    /// <summary>The texts of what is offered in the end.</summary>
    public static IReadOnlyList<string> Texts(Operator me, string line) =>
        [.. Find(me, line).Select(result => result.CompletionText)];
}
