using System.Net;
using System.Net.Sockets;
using System.Text;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Trust;

/// <summary>
/// Finds the address by which the task's network sees this machine. The user gives it, or a service is asked; it is never
/// guessed.
/// </summary>
internal static class MyAddress
{
    /// <summary>The environment variable with the URL of a service that answers with the caller's address.</summary>
    public const string ServiceVariable = "ECSFARGATELOGIN_MYADDRESS_URL";

    /// <summary>Upper bound for the length of the answer, in bytes.</summary>
    private const int LongestAnswer = 128;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Returns the CIDR block of this machine's address.</summary>
    /// <param name="given">The address from the user; null asks the service in the environment variable.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidMyAddress"/>.</exception>
    public static async Task<string> FindAsync(string? given, CancellationToken cancellationToken)
    {
        if (given is not null)
        {
            return ToCidr(given) ?? throw IngressErrors.MyAddressMalformed(given);
        }

        var url = Environment.GetEnvironmentVariable(ServiceVariable);
        if (string.IsNullOrEmpty(url))
        {
            throw IngressErrors.MyAddressUnknown();
        }

        return Uri.TryCreate(url, UriKind.Absolute, out var service) && service.Scheme is "http" or "https"
            ? await AskAsync(service, cancellationToken)
            : throw IngressErrors.MyAddressServiceFailed(url, "it is not an absolute http or https URL");
    }

    /// <summary>Parses one address, alone or as the CIDR block of one host.</summary>
    /// <returns>The CIDR block; null when the text is anything else, such as a network.</returns>
    public static string? ToCidr(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? text : text[..slash];
        // IPAddress also accepts 1, 127.1, [::1]:80 and fe80::1%eth0.
        if (!host.All(character => char.IsAsciiHexDigit(character) || character is '.' or ':')
            || !IPAddress.TryParse(host, out var address))
        {
            return null;
        }

        var isIPv6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        var length = isIPv6 ? "/128" : "/32";
        if ((slash >= 0 && text[slash..] != length) || (!isIPv6 && address.ToString() != host))
        {
            return null;
        }

        return IsOfMachine(address) ? $"{address}{length}" : null;
    }

    private static bool IsOfMachine(IPAddress address) => !IPAddress.IsLoopback(address)
        && (address.AddressFamily == AddressFamily.InterNetworkV6
            ? !address.Equals(IPAddress.IPv6Any) && !address.IsIPv6Multicast && !address.IsIPv6LinkLocal
                && !address.IsIPv4MappedToIPv6
            : address.GetAddressBytes() is [> 0 and < 224, ..]);

    private static async Task<string> AskAsync(Uri service, CancellationToken cancellationToken)
    {
        using var limit = TimeLimit.Begin(Limit, cancellationToken);
        try
        {
            // Without a proxy, because ssh uses none, and ssh's address is the one to admit.
            using HttpClient client = new(new HttpClientHandler { UseProxy = false })
            {
                MaxResponseContentBufferSize = LongestAnswer,
            };
            using var reply = await client.GetAsync(service, limit.Token);
            reply.EnsureSuccessStatusCode();
            var answer = Encoding.ASCII
                .GetString(await reply.Content.ReadAsByteArrayAsync(limit.Token))
                .Trim();
            return ToCidr(answer)
                ?? throw IngressErrors.MyAddressServiceFailed(service.AbsoluteUri, "its answer is not an address of one machine");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw IngressErrors.MyAddressServiceFailed(service.AbsoluteUri, "it did not answer in time");
        }
        catch (HttpRequestException e)
        {
            throw IngressErrors.MyAddressServiceFailed(service.AbsoluteUri, e.Message.TrimEnd('.'), e);
        }
    }
}
