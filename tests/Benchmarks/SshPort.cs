using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Benchmarks;

/// <summary>Watches a port more closely than anybody would who has to cross a network.</summary>
internal static class SshPort
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    /// <summary>Connects every 10 ms until an SSH server sends its banner.</summary>
    /// <returns>When the banner came, as <see cref="Stopwatch.GetTimestamp"/> tells time.</returns>
    public static async Task<long> WaitForAnswerAsync(string address, int port, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_limit);
        var endpoint = new IPEndPoint(IPAddress.Parse(address), port);
        while (!await AnswersAsync(endpoint, limit.Token))
        {
            await Task.Delay(s_pause, limit.Token);
        }

        return Stopwatch.GetTimestamp();
    }

    private static async Task<bool> AnswersAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint, cancellationToken);
            var buffer = new byte[256];
            var count = await socket.ReceiveAsync(buffer, cancellationToken);
            return Encoding.ASCII.GetString(buffer, 0, count).StartsWith("SSH-", StringComparison.Ordinal);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
