using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace EcsFargateLogin.Ssh;

/// <summary>From where to where a tunnel leads.</summary>
/// <param name="BindAddress">The local IP address that it listens on.</param>
/// <param name="LocalPort">The local port; 0 for any that is free.</param>
/// <param name="RemoteHost">The host as the task sees it; null where each client names its own (SOCKS).</param>
/// <param name="RemotePort">The port on that host.</param>
internal sealed record TunnelRoute(string BindAddress, int LocalPort, string? RemoteHost, int? RemotePort)
{
    /// <summary>ssh's arguments for it.</summary>
    public IReadOnlyList<string> Arguments => RemoteHost is null
        ? ["-D", Invariant($"{Bracketed(BindAddress)}:{LocalPort}")]
        : ["-L", Invariant($"{Bracketed(BindAddress)}:{LocalPort}:{Bracketed(RemoteHost)}:{RemotePort}")];

    /// <summary>The same with a local port that is free now, which ssh cannot choose by itself.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.LocalPortUnavailable"/>.</exception>
    public TunnelRoute WithFreePort()
    {
        try
        {
            using TcpListener listener = new(IPAddress.Parse(BindAddress), LocalPort);
            listener.Start();
            return this with { LocalPort = ((IPEndPoint)listener.LocalEndpoint).Port };
        }
        catch (SocketException e)
        {
            throw SshErrors.LocalPortUnavailable(this, e.Message, e);
        }
    }

    /// <summary>The local end, for people.</summary>
    public string LocalEnd => Invariant($"{Bracketed(BindAddress)}:{LocalPort}");

    /// <summary>The remote end, for people.</summary>
    public string RemoteEnd => RemoteHost is null ? "any host (SOCKS)" : Invariant($"{Bracketed(RemoteHost)}:{RemotePort}");

    private static string Bracketed(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
