using LocalFargate.Network;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

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

    /// <summary>Whether its signature is in its query.</summary>
    internal bool IsPresigned => Query.Any(pair => pair.Name.StartsWith("X-Amz-", StringComparison.Ordinal));

    /// <summary>The parameters of the query, decoded.</summary>
    internal IEnumerable<(string Name, string Value)> Query => RawQuery.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2))
        .Select(pair => (Uri.UnescapeDataString(pair[0]), Uri.UnescapeDataString(pair.Length == 2 ? pair[1] : "")));

    /// <summary>A request as it has come in.</summary>
    internal static SignedRequest Of(HttpContext http, ReadOnlyMemory<byte> body)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2);
        return new SignedRequest
        {
            Method = http.Request.Method,
            RawPath = target[0],
            RawQuery = target.Length == 2 ? target[1] : "",
            Headers = http.Request.Headers.ToDictionary(
                header => header.Key,
                header => (IReadOnlyList<string>)[.. header.Value.Select(value => value ?? "")],
                StringComparer.OrdinalIgnoreCase),
            Body = body,
            IsOfThisUser = () => ComesFromThisUser(http),
        };
    }

    // The kernel is asked once for a connection: looking through its tables takes it milliseconds.
    private static bool ComesFromThisUser(HttpContext http)
    {
        var known = http.Features.GetRequiredFeature<IConnectionItemsFeature>().Items;
        if (!known.TryGetValue(typeof(LoopbackPeer), out var answer))
        {
            answer = known[typeof(LoopbackPeer)] =
                http.Connection is { RemoteIpAddress: { } there, LocalIpAddress: { } here } connection
                && LoopbackPeer.IsOfThisUser(new(there, connection.RemotePort), new(here, connection.LocalPort));
        }

        return answer is true;
    }

    /// <summary>A header's values joined by commas, or null when the request does not have it.</summary>
    internal string? Header(string name) =>
        Headers.TryGetValue(name, out var values) ? string.Join(',', values) : null;
}
