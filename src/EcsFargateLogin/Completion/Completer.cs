using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Model;
using EcsFargateLogin.Pipeline;

namespace EcsFargateLogin.Completion;

/// <summary>Completes the values of a parameter. Failures are not shown: nothing is completed then.</summary>
internal abstract class Completer : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            TypedWord word = new(wordToComplete);
            TypedCommand command = new(commandName, fakeBoundParameters);
            // Values with control characters, which a terminal would interpret, are not offered.
            return [.. Candidates(word, command)
                .Where(candidate => TerminalText.IsClean(candidate.Value) && word.Fits(candidate))
                .Select(word.CompleteTo)];
        }
        // An error would be written over the line that the user is typing.
        catch (Exception)
        {
            return [];
        }
    }

    /// <summary>The candidates, in the order in which they are offered.</summary>
    private protected abstract IEnumerable<Candidate> Candidates(TypedWord word, TypedCommand command);
}

/// <summary>A value that a word can be completed to.</summary>
/// <param name="Value">The parameter's value.</param>
internal sealed record Candidate(string Value)
{
    /// <summary>A name that finds the value too; null for none.</summary>
    internal string? Name { get; init; }

    /// <summary>What the list shows in place of the value and its name; null for those.</summary>
    internal string? Label { get; init; }

    /// <summary>A description that distinguishes it from the others.</summary>
    internal string? Description { get; init; }
}

/// <summary>Completes the names of credential profiles, from this machine's files.</summary>
internal sealed class ProfileNameCompleter : Completer
{
    private protected override IEnumerable<Candidate> Candidates(TypedWord word, TypedCommand command) =>
        FargateCloud.Connector.ProfileNames(new CloudSettings { ProfileLocation = command.Location() })
            .Order(StringComparer.OrdinalIgnoreCase)
            .Select(name => new Candidate(name));
}

/// <summary>Completes the names of the presets that apply in the current folder.</summary>
internal sealed class PresetCompleter : Completer
{
    private protected override IEnumerable<Candidate> Candidates(TypedWord word, TypedCommand command) =>
        TypedCommand.Presets().ReadAll().Select(preset => new Candidate(preset.Name)
        {
            Description = string.Join(", ", preset.Parameter.Keys),
        });
}

/// <summary>Completes the regions that the SDK knows.</summary>
internal sealed class RegionCompleter : Completer
{
    private protected override IEnumerable<Candidate> Candidates(TypedWord word, TypedCommand command) =>
        FargateCloud.Connector.Regions()
            .OrderBy(region => region.SystemName, StringComparer.Ordinal)
            .Select(region => new Candidate(region.SystemName) { Description = region.DisplayName });
}

/// <summary>Completes the ids of the sessions in this machine's journal, the newest first. Typing a family finds them too.</summary>
internal sealed class SessionCompleter : Completer
{
    private protected override IEnumerable<Candidate> Candidates(TypedWord word, TypedCommand command) =>
        SessionJournal.OfCurrentUser().ReadAll().OrderByDescending(entry => entry.CreatedAt).Select(entry =>
        {
            var family = FargateStart.FamilyOf(entry.TaskDefinition ?? "");
            return new Candidate(entry.SessionId)
            {
                Name = family.Length > 0 ? family : null,
                Description = $"{family}, created {RelativeTime.Text(entry.CreatedAt, DateTimeOffset.UtcNow)}",
            };
        });
}

/// <summary>Completes the reasons in this machine's history of starts, the newest first.</summary>
internal sealed class ReasonCompleter : Completer
{
    private protected override IEnumerable<Candidate> Candidates(TypedWord word, TypedCommand command) =>
        SessionJournal.OfCurrentUser().Starts.Read().Starts
            .Select(start => start.Reason)
            .OfType<string>()
            .Distinct()
            .Select(reason => new Candidate(reason));
}

/// <summary>Completes the families of task definitions in this machine's history of starts.</summary>
internal sealed class HistoryCompleter : Completer
{
    private protected override IEnumerable<Candidate> Candidates(TypedWord word, TypedCommand command) =>
        SessionJournal.OfCurrentUser().Starts.Read().Starts.GroupBy(start => start.Family)
            .OrderBy(family => family.Key, StringComparer.OrdinalIgnoreCase)
            .Select(family => new Candidate(family.Key) { Description = $"{family.Key}, starts that are known: {family.Count()}" });
}

/// <summary>Completes the statuses that ECS gives tasks.</summary>
internal sealed class StatusCompleter : Completer
{
    private protected override IEnumerable<Candidate> Candidates(TypedWord word, TypedCommand command) =>
        TaskStatuses.All.Select(status => new Candidate(status));
}
