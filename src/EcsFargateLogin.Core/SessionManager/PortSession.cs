using System.Net;
using System.Net.Sockets;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.SessionManager;

/// <summary>A port to reach through Session Manager.</summary>
/// <param name="Target">The container: ecs:CLUSTER_TASKID_RUNTIMEID.</param>
/// <param name="Port">The port, 1 to 65535.</param>
/// <param name="RemoteHost">The host that the container connects to; null for the container itself.</param>
/// <param name="Reason">The reason that AWS keeps with the session.</param>
internal sealed record PortRequest(string Target, int Port, string? RemoteHost, string Reason)
{
    /// <summary>The local address and port to listen on; null for a free port of 127.0.0.1.</summary>
    public IPEndPoint? LocalEnd { get; init; }
}

/// <summary>
/// A remote port as a port of this machine, through one session of Session Manager for all connections: an agent runs two
/// sessions a container. Disposing closes the connections and ends the session.
/// </summary>
internal sealed class PortSession : IAsyncDisposable
{
    private readonly DataChannel _channel;
    private readonly MuxSession _mux;
    private LoopbackPort? _port;

    private PortSession(ISessionManager sessions, ChannelTicket ticket, PortRequest request, ChannelOptions options)
    {
        _mux = new MuxSession(
            () =>
            {
                LastError = ChannelErrors.PortClosed(request.Target, request.Port);
                PortFailed?.Invoke();
            },
            options.Clock);
        ChannelPurpose purpose = new(ChannelKind.Port, request.Target);
        _channel = new DataChannel(sessions, ticket, purpose, _mux, options);
        _mux.Attach(_channel);
    }

    /// <summary>Raised when the agent could not connect to the port, for a connection that is then closed.</summary>
    public event Action? PortFailed;

    /// <summary>The local port.</summary>
    public int Port => _port!.Number;

    /// <summary>The id of the session in Systems Manager.</summary>
    public string SessionId => _channel.SessionId;

    /// <summary>Completes when the session has ended; the port is then closed. Never fails.</summary>
    public Task<ChannelEnd> Ended => _channel.Ended;

    /// <summary>The number of open connections.</summary>
    public int ConnectionCount => _mux.Count;

    /// <summary>The number of connections of the channel to AWS so far: 1, and one more for each that was cut.</summary>
    public int ChannelConnectionCount => _channel.ConnectionCount;

    /// <summary>
    /// Why connections have failed last, which their clients only see closed: the agent could not connect to the port, or the
    /// session has ended; null for neither.
    /// </summary>
    public FargateException? LastError
    {
        get => Ended.IsCompletedSuccessfully && Ended.Result.Error is { } error ? error : field;
        private set;
    }

    /// <summary>Starts a session, and waits until the agent is ready.</summary>
    /// <exception cref="FargateException">
    /// The session cannot be started, or <see cref="FargateError.WebSocketRefused"/> or
    /// <see cref="FargateError.SessionManagerFailed"/>. No session is left behind.
    /// </exception>
    /// <exception cref="SocketException">The local end cannot be listened on.</exception>
    public static async Task<PortSession> OpenAsync(
        ISessionManager sessions, PortRequest request, ChannelOptions options, CancellationToken cancellationToken)
    {
        var ticket = await SessionStart.RunAsync(
            sessions,
            token => sessions.StartPortAsync(request.Target, request.Port, request.RemoteHost, request.Reason, token),
            options,
            cancellationToken);
        PortSession session = new(sessions, ticket, request, options);
        try
        {
            await session._channel.OpenAsync(cancellationToken);
            session._port = new LoopbackPort(async token => await session._mux.OpenAsync(token), request.LocalEnd);
            _ = session.CloseAtEndAsync(session._port);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Closes the port when the session has ended, which another process may have done: a port that leads nowhere would be left.
    /// </summary>
    private async Task CloseAtEndAsync(LoopbackPort port)
    {
        await Ended;
        port.StopListening();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_port is not null)
        {
            await _port.DisposeAsync();
        }

        await _channel.DisposeAsync();
    }
}
