using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Completion;

/// <summary>Completes what an account has, by asking AWS.</summary>
internal abstract class CatalogCompleter : Completer
{
    private protected sealed override IEnumerable<Candidate> Candidates(TypedWord word, TypedCommand command) =>
        CatalogCache.Ask(
            new(command.CloudSettings(), Topic(word)),
            (catalog, cancellationToken) => AskAsync(catalog, word, cancellationToken));

    /// <summary>What is asked for: words with the same topic get the same answer.</summary>
    private protected virtual string Topic(TypedWord word) => GetType().Name;

    private protected abstract Task<IEnumerable<Candidate>> AskAsync(
        IFargateCatalog catalog, TypedWord word, CancellationToken cancellationToken);

    /// <summary>What follows the last slash of an ARN.</summary>
    private protected static string NameOf(string arn) => arn[(arn.LastIndexOf('/') + 1)..];

    /// <summary>The parts that are there, with commas between them.</summary>
    private protected static string Join(params string?[] parts) =>
        string.Join(", ", parts.Where(part => !string.IsNullOrEmpty(part)));
}
