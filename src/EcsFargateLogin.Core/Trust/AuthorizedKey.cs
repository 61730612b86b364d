using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Trust;

/// <summary>
/// The line of authorized_keys by which a container lets a session's key in, with options that take away what a session
/// has no use for: agent and X11 forwarding, tunnels and ~/.ssh/rc, other addresses, and a login after its time.
/// </summary>
internal static class AuthorizedKey
{
    /// <summary>
    /// Servers before OpenSSH 9.1 take a time for their own zone's alone, which may be 14 hours ahead; an hour is for clocks
    /// that differ.
    /// </summary>
    private static readonly TimeSpan Margin = TimeSpan.FromHours(15);

    /// <summary>Writes the line.</summary>
    /// <param name="key">The session's public key.</param>
    /// <param name="comment">What the key calls itself.</param>
    /// <param name="expiry">When it lets nobody in any more, as <see cref="ExpiryOf"/> tells; null for never.</param>
    /// <param name="fromAddresses">Where it lets in from, checked; none for everywhere.</param>
    public static string LineOf(PublicKey key, string comment, DateTimeOffset? expiry, IReadOnlyList<string> fromAddresses)
    {
        // In this order: an option after restrict gives back what restrict takes.
        List<string> options = ["restrict", "pty", "port-forwarding"];
        if (expiry is { } time)
        {
            options.Add($"expiry-time=\"{time.UtcDateTime.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture)}\"");
        }

        if (fromAddresses.Count > 0)
        {
            options.Add($"from=\"{string.Join(',', fromAddresses)}\"");
        }

        return $"{string.Join(',', options)} {key} {comment}";
    }

    /// <summary>When a key is of no use any more: after all attempts at starting the task, and the lifetime of it.</summary>
    /// <param name="request">What the user asks for.</param>
    /// <param name="start">How the container starts; null where that is not known.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null where the task may live for ever, or nobody here knows how long.</returns>
    public static DateTimeOffset? ExpiryOf(SessionRequest request, ContainerStart? start, DateTimeOffset now) =>
        (request.Limits.MaxLifetime ?? SessionLimits.LifetimeOf(start)) is > 0 and var lifetime
            ? now + (request.StartTimeout * (request.RetryCount + 2)) + TimeSpan.FromSeconds(lifetime) + Margin
            : null;

    /// <summary>Checks where a key lets in from: addresses, or networks as 'address/bits'.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidFromAddress"/>.</exception>
    public static IReadOnlyList<string> CheckAddresses(IEnumerable<string> texts) => [.. texts.Select(CheckAddress)];

    private static string CheckAddress(string text)
    {
        var address = IPAddress.TryParse(text, out var one) ? one : null;
        var network = IPNetwork.TryParse(text, out var many) ? many : default;
        var isWhole = (address ?? (text.Contains('/', StringComparison.Ordinal) ? network.BaseAddress : null)) is { } numbers
            && !text.Contains('%', StringComparison.Ordinal)
            // .NET reads '10.1' as 10.0.0.1, and leading zeros as octal.
            && (numbers.AddressFamily == AddressFamily.InterNetworkV6 || text.Split('/')[0] == numbers.ToString());
        return isWhole && (address is not null || network.PrefixLength > 0)
            ? address?.ToString() ?? network.ToString()
            : throw HostKeyErrors.InvalidFromAddress(text);
    }
}
