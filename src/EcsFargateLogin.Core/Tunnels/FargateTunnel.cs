using EcsFargateLogin.Foundation;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin;

/// <summary>
/// A local port that leads to a host and port as a session's task sees them, or wherever its clients ask (SOCKS). It
/// lives until Stop-FargateTunnel, the end of its session, of the module or of this PowerShell.
/// </summary>
public sealed class FargateTunnel
{
    internal FargateTunnel(int id, FargateSession session, TunnelRoute route) => (Id, Session, Route) = (id, session, route);

    /// <summary>Its number in this PowerShell.</summary>
    public int Id { get; }

    /// <summary>Its current status.</summary>
    public FargateTunnelStatus Status { get; internal set; }

    /// <summary>The local IP address that it listens on.</summary>
    public string BindAddress => Route.BindAddress;

    /// <summary>The local port that it listens on.</summary>
    public int LocalPort => Route.LocalPort;

    /// <summary>The host that it leads to, as the task sees it; null for SOCKS.</summary>
    public string? RemoteHost => Route.RemoteHost;

    /// <summary>The port on that host; null for SOCKS.</summary>
    public int? RemotePort => Route.RemotePort;

    /// <summary>The session that carries it.</summary>
    public FargateSession Session { get; }

    /// <summary>The short id of that session.</summary>
    public string SessionId => Session.SessionId;

    /// <summary>
    /// Whether the session goes on when the tunnel ends: because you hold it, or with -KeepSession. Otherwise it ends with the
    /// last of its tunnels.
    /// </summary>
    public bool KeepSession { get; internal set; } = true;

    /// <summary>The time at which it was first open, by this machine's clock.</summary>
    public DateTimeOffset CreatedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>The number of reconnections.</summary>
    public int ReconnectCount { get; internal set; }

    /// <summary>
    /// The last error, in ssh's or this module's words: a connection that dropped, or a host that the task could
    /// not reach. Null if there was none.
    /// </summary>
    public string? LastError { get; private set; }

    /// <summary>The time of the last error.</summary>
    public DateTimeOffset? LastErrorAt { get; private set; }

    internal TunnelRoute Route { get; }

    /// <summary>Whether it uses its session, now or once it has reconnected.</summary>
    internal bool IsAlive => Status is FargateTunnelStatus.Open or FargateTunnelStatus.Reconnecting;

    /// <summary>Records an error.</summary>
    internal void RecordError(string error) => (LastError, LastErrorAt) = (TerminalText.OneLine(error), DateTimeOffset.UtcNow);

    /// <summary>The local address and port.</summary>
    public override string ToString() => Route.LocalEnd;
}
