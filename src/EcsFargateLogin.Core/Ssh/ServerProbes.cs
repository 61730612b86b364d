using System.Globalization;
using System.Net.Sockets;
using System.Text;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Ssh;

/// <summary>Waits until an SSH server answers.</summary>
internal interface IServerProbe
{
    /// <summary>The outcome of the last attempt, for people.</summary>
    string LastOutcome { get; }

    /// <summary>Completes when an SSH server has answered.</summary>
    /// <exception cref="FargateException">The server will never answer.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before that.</exception>
    Task WaitAsync(CancellationToken cancellationToken);
}

/// <summary>
/// Connects to a port until an SSH server answers. An accepted connection is not enough, because a load balancer or proxy may
/// accept it before the server is up. RFC 4253 allows lines before the banner, which are skipped.
/// </summary>
internal sealed class BannerProbe(string address, int port) : IServerProbe
{
    /// <summary>The pause between attempts.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The time limit of a connection attempt. While a port is not open yet packets are dropped, and a new attempt succeeds
    /// sooner than TCP's retransmission, which backs off exponentially.
    /// </summary>
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(1.5);

    /// <summary>The time limit for the banner after the connection.</summary>
    public TimeSpan BannerLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Upper bound for what a server sends before its banner, in bytes.</summary>
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

/// <summary>Asks a server for its host key, by ssh-keyscan.</summary>
internal static class HostKeyScan
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Whether a server has a host key.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="port">Its port.</param>
    /// <param name="algorithm">The type of the key, such as ssh-ed25519.</param>
    /// <param name="fingerprint">The fingerprint of the key, SHA256:….</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Null when it could not be asked; ssh itself then finds out.</returns>
    public static async Task<bool?> HasKeyAsync(
        string address, int port, string algorithm, string fingerprint, CancellationToken cancellationToken)
    {
        var type = algorithm switch
        {
            "ssh-ed25519" => "ed25519",
            "ssh-rsa" => "rsa",
            _ => "ecdsa",
        };
        try
        {
            var number = port.ToString(CultureInfo.InvariantCulture);
            var scan = await SshProcess.RunAsync("ssh-keyscan", ["-t", type, "-p", number, "--", address], Limit, cancellationToken);
            var keys = (scan?.Output ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.StartsWith('#') && line.Contains(' ', StringComparison.Ordinal))
                .Select(line => PublicKey.TryParse(line[line.IndexOf(' ', StringComparison.Ordinal)..]))
                .OfType<PublicKey>()
                .ToList();
            return keys.Count == 0 ? null : keys.Exists(found => found.Fingerprint == fingerprint);
        }
        catch (FargateException e) when (e.Error == FargateError.SshNotFound)
        {
            return null;
        }
    }
}

/// <summary>
/// Probes a server through a proxy. ssh itself connects, so that the route is the same as for a login. It reports the server's
/// banner and then fails, because it has neither a host key nor a key of its own.
/// </summary>
internal sealed class ProxyProbe(SshProxy proxy, string address, int port) : IServerProbe
{
    private const string BannerSeen = "Remote protocol version";

    /// <summary>The pause between attempts. Each attempt logs in to the jump host, which may limit logins.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan AttemptLimit = TimeSpan.FromSeconds(30);

    /// <summary>Messages after which another attempt would fail as well.</summary>
    private static readonly string[] Refusals =
        ["Permission denied (", "Host key verification failed", "Could not resolve hostname", "Too many authentication failures"];

    /// <summary>Messages that occur whatever the reason is.</summary>
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
        using var attempt = TimeLimit.Begin(AttemptLimit, cancellationToken);
        using var ssh = SshProcess.Start(ChildProcess.WithPipes(proxy.Program, Arguments));
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
        var outcome = "it said nothing";
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
            outcome = isReason ? Printable(line) : outcome;
        }

        LastOutcome = $"through {proxy.Name}: {outcome}";
        return false;
    }

    private static string Printable(string line)
    {
        var text = TerminalText.OneLine(line);
        return text.Length > 200 ? $"{text[..200]}…" : text;
    }
}
