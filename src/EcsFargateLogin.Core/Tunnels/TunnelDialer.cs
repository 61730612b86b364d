using System.Net;
using System.Net.Sockets;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Shells;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Tunnels;

/// <summary>Makes the connections of a tunnel.</summary>
/// <param name="ssh">The path of ssh.</param>
/// <param name="endpoint">The session's SSH server.</param>
/// <param name="options">The user's own options for ssh.</param>
internal sealed class TunnelDialer(string ssh, SshEndpoint endpoint, IReadOnlyList<SshOption> options)
{
    /// <summary>What ssh says when it cannot have the local port.</summary>
    private const string PortTaken = "cannot listen to port";

    /// <summary>Connects.</summary>
    /// <param name="session">The session, for errors.</param>
    /// <param name="route">From where to where, with a local port that is not 0.</param>
    /// <param name="heard">Gets ssh's messages.</param>
    /// <param name="cancellationToken">Cancels it; ssh has ended then.</param>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.LocalPortUnavailable"/>, <see cref="FargateError.HostKeyMismatch"/> or
    /// <see cref="FargateError.SshFailed"/>.
    /// </exception>
    public async Task<TunnelConnection> DialAsync(
        FargateSession session, TunnelRoute route, Action<string> heard, CancellationToken cancellationToken)
    {
        var arguments = SshCommandLine.ForTunnel(endpoint, options, route);
        TunnelConnection connection = new(SshCommandLine.InBackground(ssh, arguments, endpoint.KeepsSession), heard);
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
        var why = connection.Complaint ?? "the connection was closed before the tunnel stood.";
        throw why.Contains(PortTaken, StringComparison.Ordinal)
            ? SshErrors.LocalPortUnavailable(route, why)
            : LostConnection.FindOtherServer(session, connection.Messages) ?? LoginErrors.SshFailed(session, why);
    }

    /// <summary>The command line, for people.</summary>
    public string Show(TunnelRoute route) => CommandText.Of(ssh, SshCommandLine.ForTunnel(endpoint, options, route));
}

/// <summary>Tries a new tunnel once: that a host cannot be reached from the task shows with the first connection only.</summary>
internal sealed class TargetCheck(TunnelKeeper keeper)
{
    /// <summary>For the task's answer. That none comes is no fault: many hosts let their clients begin.</summary>
    public required TimeSpan Limit { get; init; }

    /// <summary>Connects, and waits for what the task says.</summary>
    /// <returns>Why the task cannot reach the host, or null.</returns>
    public async Task<string?> FindFaultAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource<string> fault = new(TaskCreationOptions.RunContinuationsAsynchronously);
        void Hear(string message) =>
            fault.TrySetResult(message[(message.LastIndexOf("failed: ", StringComparison.Ordinal) + 8)..]);
        keeper.TargetFailed += Hear;
        try
        {
            using TcpClient client = new();
            await client.ConnectAsync(IPAddress.Parse(keeper.Tunnel.BindAddress), keeper.Tunnel.LocalPort, cancellationToken);
            return await fault.Task.WaitAsync(Limit, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or SocketException)
        {
            return null;
        }
        finally
        {
            keeper.TargetFailed -= Hear;
        }
    }
}
