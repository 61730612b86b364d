using System.Net;
using System.Net.Sockets;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;
using EcsFargateLogin.SessionManager;
using EcsFargateLogin.Shells;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Tunnels;

/// <summary>Opens the connections of a tunnel by the agent of ECS Exec in a task, which needs no SSH server.</summary>
/// <param name="cloud">The account of the session's task.</param>
internal sealed class PortTunnelDialer(IFargateCloud cloud) : ITunnelDialer
{
    /// <inheritdoc/>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.LocalPortUnavailable"/>, <see cref="FargateError.AccessDenied"/>,
    /// <see cref="FargateError.EcsExecUnavailable"/> or <see cref="FargateError.SessionManagerFailed"/>.
    /// </exception>
    public async Task<ITunnelConnection> DialAsync(
        FargateSession session, TunnelRoute route, Action<string> onMessage, CancellationToken cancellationToken)
    {
        var (task, container) = await new EcsExecShell(cloud, session).FindContainerAsync(cancellationToken);
        var target = SessionManagerRoute.TargetOf(
            task.ClusterArn, task.TaskArn, container.RuntimeId ?? throw SessionErrors.TaskNotFound(session));
        // The document for the container's own ports needs no name to resolve.
        var remoteHost = route.RemoteHost is "localhost" or "127.0.0.1" or "::1" ? null : route.RemoteHost;
        PortRequest request = new(target, route.RemotePort!.Value, remoteHost, $"EcsFargateLogin tunnel to {route.RemoteEnd}")
        {
            LocalEnd = new IPEndPoint(IPAddress.Parse(route.BindAddress), route.LocalPort),
        };
        try
        {
            return new PortTunnel(
                await PortSession.OpenAsync(cloud.SessionManager, request, new ChannelOptions(), cancellationToken), onMessage);
        }
        catch (SocketException e)
        {
            throw SshErrors.LocalPortUnavailable(route, e.Message, e);
        }
    }

    /// <inheritdoc/>
    public string Show(TunnelRoute route) => $"ssm:StartSession to {route.RemoteEnd}, at {route.LocalEnd}";
}

/// <summary>A port session as the connection of a tunnel.</summary>
internal sealed class PortTunnel : ITunnelConnection
{
    private readonly PortSession _port;

    public PortTunnel(PortSession port, Action<string> onMessage)
    {
        _port = port;
        _port.PortFailed += () => onMessage($"open failed: {_port.LastError!.Summary}");
    }

    public Task Ended => _port.Ended;

    public string? Complaint => Error?.Summary;

    public FargateException? Error => _port.Ended.IsCompletedSuccessfully
        ? _port.Ended.Result.Error ?? ChannelErrors.SessionClosed(_port.SessionId, _port.Ended.Result.Output)
        : null;

    public ValueTask DisposeAsync() => _port.DisposeAsync();
}
