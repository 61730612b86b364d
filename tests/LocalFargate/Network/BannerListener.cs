using System.Net;
using System.Net.Sockets;

namespace LocalFargate.Network;

/// <summary>Answers whoever connects with the first line of an SSH server, and hangs up.</summary>
internal sealed class BannerListener : IAsyncDisposable
{
    private static readonly byte[] _banner = "SSH-2.0-LocalFargate\r\n"u8.ToArray();

    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Task _run;

    internal BannerListener(IPEndPoint endpoint)
    {
        // Connections of an earlier listener may still be in TIME_WAIT.
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Bind(endpoint);
        _listener.Listen();
        _run = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            using var client = await _listener.AcceptAsync(_stop.Token);
            try
            {
                await client.SendAsync(_banner, _stop.Token);
                client.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException)
            {
                // It has hung up before.
            }
        }
    }
}
