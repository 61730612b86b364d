using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Completion;

/// <summary>Completes the values of a parameter. What goes wrong is not shown: there is nothing to complete then.</summary>
internal abstract class Completer : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            TypedWord word = new(wordToComplete);
            TypedCommand command = new(commandName, fakeBoundParameters);
            // A value that a terminal would obey is none that anybody wants on the command line.
            return [.. Candidates(word, command)
                .Where(candidate => TerminalText.IsClean(candidate.Value) && word.Fits(candidate))
                .Select(word.CompleteTo)];
        }
        // An error would be written over the line that somebody is typing.
        catch (Exception)
        {
            return [];
        }
    }

    /// <summary>What there is, in the order in which it is offered.</summary>
    private protected abstract IEnumerable<Candidate> Candidates(TypedWord word, TypedCommand command);
}
