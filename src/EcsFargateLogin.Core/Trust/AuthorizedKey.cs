using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Trust;

/// <summary>
/// Builds the line of authorized_keys for a session's key, with options that forbid what a session does not need: agent and X11
/// forwarding, tunnels, ~/.ssh/rc, other addresses, and logins after its time.
/// </summary>
internal static class AuthorizedKey
{
    /// <summary>
    /// Added to the expiry: servers before OpenSSH 9.1 read it in their own time zone, which may be 14 hours ahead, and clocks
    /// may differ by an hour.
    /// </summary>
    private static readonly TimeSpan Margin = TimeSpan.FromHours(15);

    /// <summary>Builds the line.</summary>
    /// <param name="key">The session's public key.</param>
    /// <param name="comment">The key's comment.</param>
    /// <param name="expiry">The expiry of the key, from <see cref="ExpiryOf"/>; null for never.</param>
    /// <param name="fromAddresses">The addresses from which the key can log in, validated; empty for any.</param>
    public static string LineOf(PublicKey key, string comment, DateTimeOffset? expiry, IReadOnlyList<string> fromAddresses)
    {
        // The order matters: an option after restrict allows again what restrict forbids.
        List<string> options = ["restrict", "pty", "port-forwarding"];
        if (expiry is { } time)
        {
            options.Add($"expiry-time=\"{time.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)}\"");
        }

        if (fromAddresses.Count > 0)
        {
            options.Add($"from=\"{string.Join(',', fromAddresses)}\"");
        }

        return $"{string.Join(',', options)} {key} {comment}";
    }

    /// <summary>
    /// Returns the time when a key is no longer needed: after all attempts to start the task, and its lifetime.
    /// </summary>
    /// <param name="request">The user's request.</param>
    /// <param name="start">The container's start configuration; null where it is unknown.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null where the task's lifetime is unlimited or unknown.</returns>
    public static DateTimeOffset? ExpiryOf(SessionRequest request, ContainerStart? start, DateTimeOffset now) =>
        (request.Limits.MaxLifetime ?? SessionLimits.LifetimeOf(start)) is > 0 and var lifetime
            ? now + (request.StartTimeout * (request.RetryCount + 2)) + TimeSpan.FromSeconds(lifetime) + Margin
            : null;

    /// <summary>Validates the addresses from which a key can log in: IP addresses, or networks as 'address/bits'.</summary>
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
