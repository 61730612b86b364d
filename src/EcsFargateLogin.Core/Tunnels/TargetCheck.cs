using System.Net;
using System.Net.Sockets;

namespace EcsFargateLogin.Tunnels;

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
            await client
                .ConnectAsync(IPAddress.Parse(keeper.Tunnel.BindAddress), keeper.Tunnel.LocalPort, cancellationToken)
                .ConfigureAwait(false);
            return await fault.Task.WaitAsync(Limit, cancellationToken).ConfigureAwait(false);
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
