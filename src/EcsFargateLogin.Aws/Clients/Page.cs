namespace EcsFargateLogin.Aws.Clients;

/// <summary>One page of a list.</summary>
/// <param name="Items">What is on it.</param>
/// <param name="NextToken">Asks for the next one; absent or empty on the last.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? NextToken);

internal static class Page
{
    /// <summary>A page of an answer, whose list and whose items may be absent.</summary>
    internal static Page<string> Of(IReadOnlyList<string?>? items, string? nextToken) =>
        new([.. (items ?? []).OfType<string>()], nextToken);
}
