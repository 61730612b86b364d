using System.Net;

namespace EcsFargateLogin.SessionManager;

/// <summary>The URL of a WebSocket of AWS.</summary>
internal static class StreamUrl
{
    /// <summary>The query parameters of a presigned URL (aws/session-manager-plugin, communicator/websocketchannel.go).</summary>
    private static readonly string[] PresigningParameters =
    [
        "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature",
        "X-Amz-Security-Token",
    ];

    /// <summary>Whether a URL carries its signature in its query, so that its request needs no headers.</summary>
    public static bool IsPresigned(Uri url)
    {
        foreach (var parameter in url.Query.TrimStart('?').Split('&'))
        {
            var name = Uri.UnescapeDataString(parameter.Split('=')[0]);
            if (PresigningParameters.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Parses the URL of a WebSocket. Path and query are sent exactly as they stand there: the value of cell-number holds + and /.
    /// </summary>
    /// <returns>
    /// Null for anything but a URL of wss with a path and without a user, or of ws to this machine: a token must not cross a network
    /// in clear text.
    /// </returns>
    public static Uri? Parse(string text)
    {
        // Path and query go into the request as they are, so that nothing in them may end its line.
        if (text.Any(character => character is <= ' ' or > '~')
            || !Uri.TryCreate(text, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out var url))
        {
            return null;
        }

        var isSafe = url.Scheme == Uri.UriSchemeWss || (url.Scheme == Uri.UriSchemeWs && IsThisMachine(url));
        return isSafe && url.UserInfo.Length == 0 && url.PathAndQuery.StartsWith('/') ? url : null;
    }

    private static bool IsThisMachine(Uri url) =>
        url.Host == "localhost" || (IPAddress.TryParse(url.DnsSafeHost, out var address) && IPAddress.IsLoopback(address));
}
