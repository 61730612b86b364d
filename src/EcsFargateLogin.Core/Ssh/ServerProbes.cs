using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Ssh;

/// <summary>Finds out when an SSH server answers.</summary>
internal interface IServerProbe
{
    /// <summary>What came of the last attempt, for people.</summary>
    string LastOutcome { get; }

    /// <summary>Completes when an SSH server has answered.</summary>
    /// <exception cref="FargateException">It will not, however long one waits.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before.</exception>
    Task WaitAsync(CancellationToken cancellationToken);
}

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
        while (!await AnswersAsync(cancellationToken))
        {
            await Task.Delay(Pause, cancellationToken);
        }
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using TcpClient client = new();
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            attempt.CancelAfter(ConnectLimit);
            await client.ConnectAsync(address, port, attempt.Token);
            attempt.CancelAfter(BannerLimit);
            var answers = await ReadsBannerAsync(client.GetStream(), attempt.Token);
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
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
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

/// <summary>
/// Knocks at a server through a proxy. ssh itself does it, so that the way is the very one that a login takes: it tells
/// when it has read the server's banner, and goes no further, because it knows no host key and has none of its own.
/// </summary>
internal sealed class ProxyProbe(SshProxy proxy, string address, int port) : IServerProbe
{
    private const string BannerSeen = "Remote protocol version";

    /// <summary>Each attempt logs in to the jump host, which may count.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan AttemptLimit = TimeSpan.FromSeconds(30);

    /// <summary>What a jump host says to which waiting changes nothing.</summary>
    private static readonly string[] Refusals =
        ["Permission denied (", "Host key verification failed", "Could not resolve hostname", "Too many authentication failures"];

    /// <summary>What is said whatever the reason is.</summary>
    private static readonly string[] NoReasons =
        ["kex_exchange_identification:", "Connection closed by UNKNOWN", "stdio forwarding failed"];

    /// <inheritdoc/>
    public string LastOutcome { get; private set; } = "no attempt was made";

    /// <summary>The arguments of ssh.</summary>
    public IReadOnlyList<string> Arguments =>
    [
        "-F", "none", "-T",
        "-o", $"ProxyCommand={proxy.QuietCommand}",
        "-o", "LogLevel=DEBUG1", "-o", "BatchMode=yes",
        "-o", "IdentityFile=none", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none",
        "-o", "UserKnownHostsFile=none", "-o", "GlobalKnownHostsFile=none", "-o", "StrictHostKeyChecking=yes",
        "-p", port.ToString(CultureInfo.InvariantCulture), "-l", "nobody", "--", address,
    ];

    /// <inheritdoc/>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (!await AnswersAsync(cancellationToken))
        {
            await Task.Delay(Pause, cancellationToken);
        }
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        attempt.CancelAfter(AttemptLimit);
        using var ssh = SshProcess.Start(new ProcessStartInfo(proxy.Program, Arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        try
        {
            return await ReadsBannerAsync(ssh.StandardError, attempt.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LastOutcome = $"{proxy.Name} did not get through in time";
            return false;
        }
        finally
        {
            ssh.Kill(entireProcessTree: true);
            await ssh.WaitForExitAsync(CancellationToken.None);
        }
    }

    private async Task<bool> ReadsBannerAsync(StreamReader messages, CancellationToken cancellationToken)
    {
        var said = "it said nothing";
        while (await messages.ReadLineAsync(cancellationToken) is { } line)
        {
            if (SshLog.IsDebug(line))
            {
                if (line.Contains(BannerSeen, StringComparison.Ordinal))
                {
                    return true;
                }

                continue;
            }

            if (SshLog.TellsHostKeyChanged([line]))
            {
                throw SshErrors.ProxyHostKeyChanged(proxy.Name);
            }

            if (Array.Exists(Refusals, refusal => line.Contains(refusal, StringComparison.Ordinal)))
            {
                throw SshErrors.ProxyRefused(proxy.Name, Printable(line));
            }

            var isReason = line.Length > 0
                && !SshLog.IsNotice(line)
                && !Array.Exists(NoReasons, beginning => line.StartsWith(beginning, StringComparison.Ordinal));
            said = isReason ? Printable(line) : said;
        }

        LastOutcome = $"through {proxy.Name}: {said}";
        return false;
    }

    private static string Printable(string line)
    {
        var text = TerminalText.OneLine(line);
        return text.Length > 200 ? $"{text[..200]}…" : text;
    }
}
