using System.Management.Automation;
using EcsFargateLogin.EndToEnd.Cmdlets;

namespace EcsFargateLogin.EndToEnd.Completion;

/// <summary>Completes a line as Tab does at its end.</summary>
internal static class Tab
{
    /// <summary>What is offered at once; that nothing is written to any stream, nor to $Error, is checked here.</summary>
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

    /// <summary>What is offered in the end: on a busy machine the first answers may be there for a later Tab only.</summary>
    public static IReadOnlyList<CompletionResult> Find(Operator me, string line)
    {
        IReadOnlyList<CompletionResult> found = [];
        SpinWait.SpinUntil(() => (found = Press(me, line)).Count > 0, TimeSpan.FromMinutes(1));
        return found;
    }

    /// <summary>The texts of what is offered in the end.</summary>
    public static IReadOnlyList<string> Texts(Operator me, string line) =>
        [.. Find(me, line).Select(result => result.CompletionText)];
}
