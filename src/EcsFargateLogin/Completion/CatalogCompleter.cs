using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Completion;

/// <summary>Completes what an account has, by asking AWS.</summary>
internal abstract class CatalogCompleter : Completer
{
    private protected sealed override IEnumerable<Candidate> Candidates(TypedWord word, TypedCommand command)
    {
        var settings = command.Access();
        var scope = Scope(word, command);
        return CatalogCache.Ask(
            new CatalogQuestion(settings, $"{GetType().Name} {scope}"),
            async cancellationToken =>
            {
                using var catalog = await FargateCloud.Connector.OpenCatalogAsync(settings, cancellationToken);
                return await AskAsync(catalog, scope, cancellationToken);
            });
    }

    /// <summary>Of what is asked for, the part that the question is limited to; null for all of it.</summary>
    private protected virtual string? Scope(TypedWord word, TypedCommand command) => null;

    private protected abstract Task<IEnumerable<Candidate>> AskAsync(
        IFargateCatalog catalog, string? scope, CancellationToken cancellationToken);

    /// <summary>What follows the last slash of an ARN.</summary>
    private protected static string NameOf(string arn) => arn[(arn.LastIndexOf('/') + 1)..];

    /// <summary>The parts that are there, with commas between them.</summary>
    private protected static string Join(params string?[] parts) =>
        string.Join(", ", parts.Where(part => !string.IsNullOrEmpty(part)));
}
