using System.Net.Sockets;
using System.Text;

namespace EcsFargateLogin.Ssh;

/// <summary>
/// Knocks at a port until an SSH server answers. A port that takes connections is not enough: something between may
/// accept them before the server does. RFC 4253 lets lines precede the banner, so those are skipped.
/// </summary>
internal sealed class BannerProbe(string address, int port) : IServerProbe
{
    /// <summary>Between attempts that were refused.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// For the connection alone. A port that does not answer yet drops packets, and a fresh attempt gets through
    /// sooner than TCP's own retransmission, which waits longer each time.
    /// </summary>
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(1.5);

    /// <summary>For the banner, once connected.</summary>
    public TimeSpan BannerLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>More than any server sends before its banner.</summary>
    private const int LongestPreamble = 8192;

    /// <inheritdoc/>
    public string LastOutcome { get; private set; } = "no attempt was made";

    /// <inheritdoc/>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (!await AnswersAsync(cancellationToken).ConfigureAwait(false))
        {
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using TcpClient client = new();
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            attempt.CancelAfter(ConnectLimit);
            await client.ConnectAsync(address, port, attempt.Token).ConfigureAwait(false);
            attempt.CancelAfter(BannerLimit);
            var answers = await ReadsBannerAsync(client.GetStream(), attempt.Token).ConfigureAwait(false);
            LastOutcome = answers ? "it answers" : "what answers is not an SSH server";
            return answers;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LastOutcome = client.Connected ? "it takes connections but sends no SSH banner" : "it does not answer (timed out)";
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            var socketError = (e as SocketException ?? e.InnerException as SocketException)?.SocketErrorCode;
            LastOutcome = socketError is { } code ? $"the connection failed ({code})" : "the connection was closed";
        }

        return false;
    }

    private static async Task<bool> ReadsBannerAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[LongestPreamble];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return length > 0 ? false : throw new EndOfStreamException();
            }

            length += read;
            var text = Encoding.Latin1.GetString(buffer, 0, length);
            if (text.StartsWith("SSH-", StringComparison.Ordinal) || text.Contains("\nSSH-", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
