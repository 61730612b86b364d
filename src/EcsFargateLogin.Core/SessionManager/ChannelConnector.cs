using System.Text.Json;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.SessionManager;

/// <summary>The pace and the time limits of a data channel.</summary>
internal sealed record ChannelOptions
{
    /// <summary>How fast it sends.</summary>
    public ChannelPace Pace { get; init; } = new();

    /// <summary>The time for which an agent that is RUNNING may not be connected to AWS.</summary>
    public TimeSpan ConnectLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause between attempts to start a session while it is not.</summary>
    public TimeSpan ConnectPause { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Time limit for the agent to begin, which it does not while it has no place for another session.</summary>
    public TimeSpan OpenLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The number of attempts to resume a cut connection, each after a pause twice as long.</summary>
    public int ResumeTries { get; init; } = 5;

    /// <summary>The pause after the first attempt.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>The longest pause between attempts.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time limit of one attempt.</summary>
    public TimeSpan AttemptLimit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Time limit for resuming while AWS cannot be reached at all, as after a change of the network.</summary>
    public TimeSpan OfflineLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The time without any message after which a connection counts as cut, while messages are unacknowledged. A network that
    /// has gone tells nobody.
    /// </summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Time limit for the acknowledgement of a message, after which AWS's own programs end the session, too.</summary>
    public TimeSpan AcknowledgementLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Time limit for ending the session.</summary>
    public TimeSpan EndLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Opens the connections.</summary>
    public ConnectTransport Connect { get; init; } = WebSocketTransport.ConnectAsync;
}

/// <summary>Opens the connection of a data channel, and opens another one when it is cut.</summary>
/// <param name="sessions">Systems Manager.</param>
/// <param name="ticket">The session.</param>
/// <param name="options">The limits.</param>
internal sealed class ChannelConnector(ISessionManager sessions, ChannelTicket ticket, ChannelOptions options)
{
    private const int TooManyRequests = 429;
    private const int FirstOfServer = 500;

    private static readonly TimeSpan ShortConnection = TimeSpan.FromSeconds(1);

    private readonly string _clientId = Guid.NewGuid().ToString();
    private ChannelTicket _ticket = ticket;

    /// <summary>The attempts since a connection has worked.</summary>
    private int _attempts;

    /// <summary>When the last connection was opened.</summary>
    private long _openedAt = options.Clock.GetTimestamp();

    /// <summary>The host that the channel is at, without path and query, which may hold a signature.</summary>
    public Uri Host => new(Url.GetLeftPart(UriPartial.Authority));

    private Uri Url => StreamUrl.Parse(_ticket.StreamUrl) ?? throw ChannelErrors.InvalidStreamUrl($"session {_ticket.SessionId}");

    /// <summary>Counts a connection as one that works: a message has arrived over it.</summary>
    public void Confirm() => _attempts = 0;

    /// <summary>Opens the first connection; again, where the server failed or was not reached.</summary>
    /// <exception cref="FargateException">It cannot be opened.</exception>
    public async Task<IFrameTransport> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await AttemptAsync(token => ConnectAsync(token), cancellationToken);
        }
        catch (FargateException e) when (IsTransient(e) && e.StatusCode is null or TooManyRequests or >= FirstOfServer)
        {
            return await ReconnectAsync(e, cancellationToken);
        }
    }

    /// <summary>
    /// Opens another connection for the same session, with a new token. Numbers and unacknowledged messages stay as they are.
    /// </summary>
    /// <param name="cause">What has ended the connection before.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="FargateException">The session has ended, or cannot be resumed.</exception>
    public async Task<IFrameTransport> ReconnectAsync(Exception cause, CancellationToken cancellationToken)
    {
        var cutAt = options.Clock.GetTimestamp();
        for (var last = cause; ;)
        {
            if (_attempts >= options.ResumeTries)
            {
                throw ChannelErrors.NotResumed(_ticket.SessionId, WordsOf(last), last);
            }

            await Task.Delay(Jitter.Of(PauseAfter(_attempts)), options.Clock, cancellationToken);
            _attempts++;
            try
            {
                return await AttemptAsync(ResumeAsync, cancellationToken);
            }
            catch (FargateException e) when (IsTransient(e))
            {
                last = e;
            }

            if (last is FargateException { Error: FargateError.EndpointUnreachable }
                && options.Clock.GetElapsedTime(cutAt) < options.OfflineLimit)
            {
                // AWS keeps the session, while this machine has no network.
                _attempts = Math.Min(_attempts, options.ResumeTries - 1);
            }
        }
    }

    /// <summary>The pause before another attempt; none for the first one, unless the connection before was short.</summary>
    private TimeSpan PauseAfter(int attempts)
    {
        var pause = attempts == 0 && options.Clock.GetElapsedTime(_openedAt) > ShortConnection
            ? TimeSpan.Zero
            : options.FirstPause * Math.Pow(2, Math.Max(0, attempts - 1));
        return pause < options.LongestPause ? pause : options.LongestPause;
    }

    private async Task<IFrameTransport> ResumeAsync(CancellationToken cancellationToken)
    {
        var resumed = await sessions.ResumeAsync(_ticket.SessionId, cancellationToken);
        if (string.IsNullOrEmpty(resumed?.TokenValue))
        {
            throw ChannelErrors.SessionOver(_ticket.SessionId);
        }

        // A presigned URL expires, so that a new one takes its place; any other stays the same.
        var url = StreamUrl.IsPresigned(Url) && resumed.StreamUrl.Length > 0 ? resumed.StreamUrl : _ticket.StreamUrl;
        _ticket = _ticket with { TokenValue = resumed.TokenValue, StreamUrl = url };
        return await ConnectAsync(cancellationToken);
    }

    private async Task<IFrameTransport> AttemptAsync(
        Func<CancellationToken, Task<IFrameTransport>> attempt, CancellationToken cancellationToken)
    {
        using var limit = TimeLimit.Begin(options.AttemptLimit, cancellationToken);
        try
        {
            return await attempt(limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw CloudErrors.NoReplyInTime(Host.Host, e);
        }
    }

    private async Task<IFrameTransport> ConnectAsync(CancellationToken cancellationToken)
    {
        var url = Url;
        var headers = StreamUrl.IsPresigned(url)
            ? new Dictionary<string, string>()
            : await sessions.SignAsync(url, cancellationToken);
        IFrameTransport? transport = null;
        try
        {
            transport = await options.Connect(url, headers, cancellationToken);
            await transport.SendAsync(OpeningMessage(), isText: true, cancellationToken);
            _openedAt = options.Clock.GetTimestamp();
            return transport;
        }
        catch (Exception e)
        {
            if (transport is not null)
            {
                await transport.DisposeAsync();
            }

            throw e switch
            {
                UpgradeRefusedException refusal =>
                    refusal.ToError(Host, "ssmmessages:OpenDataChannel", options.Clock.GetUtcNow()),
                IOException => CloudErrors.EndpointUnreachable(Host, $"{e.Message}.", e),
                _ => e,
            };
        }
    }

    private byte[] OpeningMessage() => JsonSerializer.SerializeToUtf8Bytes(new
    {
        MessageSchemaVersion = "1.0",
        RequestId = Guid.NewGuid().ToString(),
        _ticket.TokenValue,
        ClientId = _clientId,
        ChannelHandshake.ClientVersion,
    });

    /// <summary>Whether another attempt may succeed. Missing rights and expired credentials stay as they are.</summary>
    private static bool IsTransient(FargateException e) => e.Error is FargateError.Throttled or FargateError.EndpointUnreachable
        or FargateError.ServiceFailed or FargateError.WebSocketRefused;

    private static string WordsOf(Exception e) => e is FargateException known ? known.Summary : e.Message;
}
