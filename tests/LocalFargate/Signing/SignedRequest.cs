namespace LocalFargate.Signing;

/// <summary>An HTTP request as far as its signature covers it.</summary>
internal sealed record SignedRequest
{
    internal required string Method { get; init; }

    /// <summary>The path as it came over the wire, undecoded.</summary>
    internal required string RawPath { get; init; }

    /// <summary>The query string as it came over the wire; empty when there is none.</summary>
    internal required string RawQuery { get; init; }

    /// <summary>The headers, names in any case, each with its values.</summary>
    internal required IReadOnlyDictionary<string, IReadOnlyList<string>> Headers { get; init; }

    internal required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Whether it comes from a process of the user who runs this server.</summary>
    internal required Func<bool> IsOfThisUser { get; init; }

    /// <summary>A header's values joined by commas, or null when the request does not have it.</summary>
    internal string? Header(string name) =>
        Headers.TryGetValue(name, out var values) ? string.Join(',', values) : null;
}
