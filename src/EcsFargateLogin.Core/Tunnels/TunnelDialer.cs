using System.Net;
using System.Net.Sockets;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Shells;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Tunnels;

/// <summary>Opens the connections of a tunnel.</summary>
internal interface ITunnelDialer
{
    /// <summary>Connects.</summary>
    /// <param name="session">The session, for errors.</param>
    /// <param name="route">The ends of the tunnel; the local port is not 0.</param>
    /// <param name="onMessage">
    /// Receives messages about it: a host that the task could not reach is one that holds 'open failed: ' and the reason.
    /// </param>
    /// <param name="cancellationToken">Cancels it; nothing is left open then.</param>
    /// <exception cref="FargateException">It cannot be connected.</exception>
    Task<ITunnelConnection> DialAsync(
        FargateSession session, TunnelRoute route, Action<string> onMessage, CancellationToken cancellationToken);

    /// <summary>What connects, for display.</summary>
    string Show(TunnelRoute route);
}

/// <summary>Opens the connections of a tunnel by ssh.</summary>
/// <param name="ssh">The path of ssh.</param>
/// <param name="endpointOf">Returns the session's SSH server, which may have another local port after a reconnection.</param>
/// <param name="options">The user's own options for ssh.</param>
internal sealed class TunnelDialer(string ssh, Func<SshEndpoint> endpointOf, IReadOnlyList<SshOption> options) : ITunnelDialer
{
    /// <summary>ssh's message if it cannot listen on the local port.</summary>
    private const string PortInUse = "cannot listen to port";

    /// <inheritdoc/>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.LocalPortUnavailable"/>, <see cref="FargateError.HostKeyMismatch"/> or
    /// <see cref="FargateError.SshFailed"/>.
    /// </exception>
    public async Task<ITunnelConnection> DialAsync(
        FargateSession session, TunnelRoute route, Action<string> onMessage, CancellationToken cancellationToken)
    {
        var endpoint = endpointOf();
        var arguments = SshCommandLine.ForTunnel(endpoint, options, route);
        TunnelConnection connection = new(SshCommandLine.InBackground(ssh, arguments, endpoint.KeepsSession), onMessage);
        try
        {
            if (await connection.IsReadyAsync(cancellationToken))
            {
                return connection;
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        var why = connection.Complaint ?? "the connection was closed before the tunnel was open.";
        throw why.Contains(PortInUse, StringComparison.Ordinal)
            ? SshErrors.LocalPortUnavailable(route, why)
            : LostConnection.FindOtherServer(session, connection.Messages) ?? LoginErrors.SshFailed(session, why);
    }

    /// <inheritdoc/>
    public string Show(TunnelRoute route) => CommandText.Of(ssh, SshCommandLine.ForTunnel(endpointOf(), options, route));
}

/// <summary>Tries a new tunnel once: only a connection shows that the task cannot reach the host.</summary>
internal sealed class TargetCheck(TunnelKeeper keeper)
{
    /// <summary>Time limit for an error. Silence is none: in many protocols the client speaks first.</summary>
    public required TimeSpan Limit { get; init; }

    /// <summary>Connects, and waits for an error from the task.</summary>
    /// <returns>The reason why the task cannot reach the host, or null.</returns>
    /// <exception cref="FargateException">The tunnel has ended at once, because it may not lead to that host.</exception>
    public async Task<string?> FindFaultAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource<string> fault = new(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnTargetFailed(string message) =>
            fault.TrySetResult(message[(message.LastIndexOf("failed: ", StringComparison.Ordinal) + 8)..]);
        keeper.TargetFailed += OnTargetFailed;
        try
        {
            using TcpClient client = new();
            await ConnectAsync(client, cancellationToken);
            await Task.WhenAny(fault.Task, keeper.ConnectionEnded).WaitAsync(Limit, cancellationToken);
            return keeper.ConnectionError is { } error ? throw error : fault.Task.IsCompleted ? await fault.Task : null;
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            keeper.TargetFailed -= OnTargetFailed;
        }
    }

    private async Task ConnectAsync(TcpClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.ConnectAsync(IPAddress.Parse(keeper.Tunnel.BindAddress), keeper.Tunnel.LocalPort, cancellationToken);
        }
        catch (SocketException)
        {
            // The port closes when the tunnel's connection ends, and that says why.
        }
    }
}
