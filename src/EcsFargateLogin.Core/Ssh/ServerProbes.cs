using System.Globalization;
using System.Net.Sockets;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Ssh;

/// <summary>The answer of an SSH server that nobody has logged in to.</summary>
/// <param name="Version">Its version line (RFC 4253, 4.2).</param>
/// <param name="Key">
/// The host key that it presents; null where it was not asked for. Whether the server has the private half is for ssh to verify.
/// </param>
internal sealed record ServerAnswer(string Version, PublicKey? Key);

/// <summary>Waits until an SSH server answers.</summary>
internal interface IServerProbe
{
    /// <summary>The outcome of the last attempt, for people.</summary>
    string LastOutcome { get; }

    /// <summary>Completes when an SSH server has answered.</summary>
    /// <exception cref="FargateException">The server will never answer.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before that.</exception>
    Task<ServerAnswer> WaitAsync(CancellationToken cancellationToken);
}

/// <summary>
/// Connects to a port until an SSH server answers. An accepted connection is not enough, because a load balancer or proxy may
/// accept it before the server is up. One connection brings version line and host key.
/// </summary>
internal sealed class PortProbe(string address, int port) : IServerProbe
{
    private const string NotTried = "no attempt was made";

    private int _timeouts;

    /// <summary>The pause between attempts.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether a server with a version line has not answered before it has presented its host key.</summary>
    public Func<string, bool> NeedsKey { get; init; } = _ => false;

    /// <summary>Whether every server is asked for its host key. One that does not present it has answered all the same.</summary>
    public bool WantsKey { get; init; }

    /// <summary>
    /// The time limit of a connection attempt. While a port is not open yet packets are dropped, and a new attempt succeeds
    /// sooner than TCP's retransmission, which backs off exponentially.
    /// </summary>
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(1.5);

    /// <summary>The time limit for the version line after the connection, and for the host key after that.</summary>
    public TimeSpan AnswerLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public string LastOutcome { get; private set; } = NotTried;

    /// <inheritdoc/>
    public async Task<ServerAnswer> WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await AskAsync(cancellationToken) is { } answer)
            {
                return answer;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private async Task<ServerAnswer?> AskAsync(CancellationToken cancellationToken)
    {
        using TcpClient client = new() { NoDelay = true };
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            attempt.CancelAfter(ConnectLimit);
            await client.ConnectAsync(address, port, attempt.Token);
            attempt.CancelAfter(AnswerLimit);
            HostKeyExchange exchange = new(client.GetStream());
            if (await exchange.ReadVersionAsync(attempt.Token) is { } version)
            {
                attempt.CancelAfter(AnswerLimit);
                return await AnswerOfAsync(exchange, version, attempt.Token, cancellationToken);
            }

            LastOutcome = "what answers is not an SSH server";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // One alone may be this machine's own, when it is busy: it says less than what came before.
            LastOutcome = client.Connected ? "it takes connections but sends no SSH banner"
                : ++_timeouts > 1 || LastOutcome == NotTried ? "it does not answer (timed out)"
                : LastOutcome;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            var socketError = (e as SocketException ?? e.InnerException as SocketException)?.SocketErrorCode;
            _timeouts = 0;
            LastOutcome = socketError is { } code ? $"the connection failed ({code})" : "the connection was closed";
        }

        return null;
    }

    private async Task<ServerAnswer?> AnswerOfAsync(
        HostKeyExchange exchange, string version, CancellationToken attempt, CancellationToken cancellationToken)
    {
        var isNeeded = NeedsKey(version);
        PublicKey? key = null;
        try
        {
            key = isNeeded || WantsKey ? await exchange.ReadKeyAsync(attempt) : null;
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        LastOutcome = isNeeded && key is null ? "it presents no host key" : "it answers";
        return isNeeded && key is null ? null : new ServerAnswer(version, key);
    }
}

/// <summary>
/// Probes a server through a proxy. ssh itself connects, so that the route is the same as for a login. It reports the server's
/// banner and then fails, because it has neither a host key nor a key of its own. Where the key of the server is needed, ssh takes
/// any and writes it to a file that nothing else reads; it still has no key of its own.
/// </summary>
internal sealed class ProxyProbe(SshProxy proxy, string address, int port) : IServerProbe
{
    private const string BannerSeen = "remote software version ";
    private const string KeyWritten = "Warning: Permanently added ";

    /// <summary>Whether a server with a version line has not answered before it has presented its host key.</summary>
    public Func<string, bool> NeedsKey { get; init; } = _ => false;

    /// <summary>The file to which ssh writes the host key, in a folder that is the user's alone; null where it is never needed.</summary>
    public string? KeyFile { get; init; }

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
        "-o", $"UserKnownHostsFile={(KeyFile is null ? "none" : SshOption.QuotePath(KeyFile))}", "-o", "GlobalKnownHostsFile=none",
        "-o", $"StrictHostKeyChecking={(KeyFile is null ? "yes" : "accept-new")}",
        "-p", port.ToString(CultureInfo.InvariantCulture), "-l", "nobody", "--", address,
    ];

    /// <inheritdoc/>
    public async Task<ServerAnswer> WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await AskAsync(cancellationToken) is { } answer)
            {
                return answer;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private async Task<ServerAnswer?> AskAsync(CancellationToken cancellationToken)
    {
        using var attempt = TimeLimit.Begin(AttemptLimit, cancellationToken);
        PrepareKeyFile();
        using var ssh = SshProcess.Start(ChildProcess.WithPipes(proxy.Program, Arguments));
        try
        {
            return await ReadAnswerAsync(ssh.StandardError, attempt.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LastOutcome = $"{proxy.Name} did not get through in time";
            return null;
        }
        finally
        {
            ChildProcess.Kill(ssh);
            await ssh.WaitForExitAsync(CancellationToken.None);
            ForgetKey();
        }
    }

    private async Task<ServerAnswer?> ReadAnswerAsync(StreamReader messages, CancellationToken cancellationToken)
    {
        var outcome = "it said nothing";
        string? version = null;
        while (await messages.ReadLineAsync(cancellationToken) is { } line)
        {
            if (SshLog.IsDebug(line))
            {
                if (version is null && line.IndexOf(BannerSeen, StringComparison.Ordinal) is >= 0 and var found)
                {
                    version = $"SSH-2.0-{line[(found + BannerSeen.Length)..]}";
                    if (KeyFile is null || !NeedsKey(version))
                    {
                        return new ServerAnswer(version, Key: null);
                    }
                }

                continue;
            }

            if (version is not null && line.StartsWith(KeyWritten, StringComparison.Ordinal) && ReadKey() is { } key)
            {
                return new ServerAnswer(version, key);
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
        return null;
    }

    /// <summary>Reads the key that ssh has written, behind the name of its host.</summary>
    private PublicKey? ReadKey() => File.ReadLines(KeyFile!)
        .Select(line => PublicKey.TryParse(line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]))
        .FirstOrDefault();

    /// <summary>Creates the file, so that nobody else can read it either. Where that fails, so will ssh.</summary>
    private void PrepareKeyFile()
    {
        ForgetKey();
        try
        {
            if (KeyFile is not null)
            {
                OwnerOnly.CreateFile(KeyFile).Dispose();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private void ForgetKey()
    {
        if (KeyFile is not null)
        {
            SshLog.Clear(KeyFile);
        }
    }

    private static string Printable(string line)
    {
        var text = TerminalText.OneLine(line);
        return text.Length > 200 ? $"{text[..200]}…" : text;
    }
}
