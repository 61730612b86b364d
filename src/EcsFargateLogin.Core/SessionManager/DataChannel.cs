using System.Threading.Channels;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.SessionManager;

/// <summary>What a session does with the data that a channel receives.</summary>
internal interface IChannelReceiver
{
    /// <summary>
    /// Handles data, in order. While it waits, nothing more is received, so that the other side has to wait as well.
    /// </summary>
    /// <param name="type">What it is; the handshake's messages are not among it.</param>
    /// <param name="payload">The data, valid until this returns.</param>
    /// <param name="cancellationToken">Cancelled when the channel ends.</param>
    ValueTask ReceiveAsync(PayloadType type, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken);

    /// <summary>Called once, at the channel's end, after all data was received.</summary>
    void OnEnded(ChannelEnd end);
}

/// <summary>How a channel has ended.</summary>
/// <param name="Output">What the message gateway said at the regular end of the session, safe for a terminal; may be empty.</param>
/// <param name="Error">The error that has ended it; null where the session has come to its end or was ended by this side.</param>
internal sealed record ChannelEnd(string Output, FargateException? Error)
{
    /// <summary>The end as the failure of a read or write.</summary>
    public IOException ToException() => new(Error?.Message ?? "The session has ended.", Error);
}

/// <summary>
/// The data channel of a session of Session Manager: messages in order and without loss, over connections that may be cut and
/// resumed. Disposing ends the session.
/// </summary>
internal sealed partial class DataChannel : IAsyncDisposable
{
    /// <summary>Upper bound for acknowledgements that wait to be sent. Others are sent when the message comes again.</summary>
    private const int MostAcknowledgements = 4096;

    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan FlagLimit = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FlagInterval = TimeSpan.FromMilliseconds(5);

    private readonly ISessionManager _sessions;
    private readonly string _sessionId;
    private readonly ChannelPurpose _purpose;
    private readonly IChannelReceiver _receiver;
    private readonly ChannelOptions _options;
    private readonly ChannelConnector _connector;
    private readonly ChannelHandshake _handshake;
    private readonly SendWindow _window;
    private readonly TokenBucket? _bucket;
    private readonly Channel<Acknowledgement> _acknowledgements = Channel.CreateBounded<Acknowledgement>(
        new BoundedChannelOptions(MostAcknowledgements) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Signal _work = new();
    private readonly Signal _room = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _life = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ChannelEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _run = Task.CompletedTask;
    private Action<Exception>? _cut;
    private int _isDisposed;

    /// <param name="sessions">Systems Manager.</param>
    /// <param name="ticket">The session, which this ends.</param>
    /// <param name="purpose">What it is for.</param>
    /// <param name="receiver">Receives its data.</param>
    /// <param name="options">Its pace and limits.</param>
    public DataChannel(
        ISessionManager sessions, ChannelTicket ticket, ChannelPurpose purpose, IChannelReceiver receiver, ChannelOptions options)
    {
        (_sessions, _sessionId, _purpose, _receiver, _options) = (sessions, ticket.SessionId, purpose, receiver, options);
        _connector = new ChannelConnector(sessions, ticket, options);
        _handshake = new ChannelHandshake(sessions, ticket.SessionId, purpose);
        _window = new SendWindow(options.Pace, options.Clock);
        _bucket = options.Pace.MessagesPerSecond is { } rate ? new TokenBucket(options.Pace.FirstWindow, rate, options.Clock) : null;
    }

    /// <summary>The id of the session in Systems Manager.</summary>
    public string SessionId => _sessionId;

    /// <summary>The largest payload of a message, in bytes.</summary>
    public int PayloadSize => _options.Pace.PayloadSize;

    /// <summary>Completes when the channel has ended; never fails.</summary>
    public Task<ChannelEnd> Ended => _ended.Task;

    /// <summary>The number of connections that were opened, the first one included.</summary>
    public int ConnectionCount { get; private set; }

    /// <summary>The number of messages that are not acknowledged.</summary>
    public int UnacknowledgedCount => _window.Count;

    /// <summary>
    /// Opens the channel, and waits until the agent is ready for data: after its handshake or, in a shell, which has one only
    /// where it is encrypted, after its first output.
    /// </summary>
    /// <exception cref="FargateException">It cannot be opened, or the agent does not begin in time.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        _run = Task.Run(RunAsync, CancellationToken.None);
        try
        {
            await _ready.Task.WaitAsync(_options.OpenLimit, _options.Clock, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw ConnectionCount > 0
                ? ChannelErrors.AgentSilent(_purpose.Target, _options.OpenLimit)
                : CloudErrors.NoReplyInTime(_connector.Host.Host, e);
        }
    }

    /// <summary>Sends a message. Waits while too many are unacknowledged.</summary>
    /// <param name="type">What the payload is.</param>
    /// <param name="head">The first part of the payload.</param>
    /// <param name="body">The second part; both are at most <see cref="PayloadSize"/> bytes long.</param>
    /// <param name="cancellationToken">Cancels the wait; the message is not sent then.</param>
    /// <exception cref="IOException">The channel has ended.</exception>
    public async ValueTask SendAsync(
        PayloadType type, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                if (_ended.Task.IsCompleted)
                {
                    // The next one in turn finds out as well.
                    _room.Set();
                    throw (await _ended.Task).ToException();
                }

                if (TryAdd(type, head.Span, body.Span))
                {
                    return;
                }

                await _room.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Sends a message that may exceed the window, as the receiver of data must, which cannot wait.</summary>
    /// <returns>False where there is no room even for that.</returns>
    public bool TrySend(PayloadType type, ReadOnlySpan<byte> payload) => TryAdd(type, payload, [], isUrgent: true);

    /// <summary>
    /// Ends the session on every way out: asks the agent, then AWS, within a time limit, and closes the connection. Safe to repeat.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            if (!_isOver)
            {
                await TerminateAsync();
            }

            End(new ChannelEnd("", null));
        }

        await _run;
        _handshake.Cipher?.Dispose();
    }

    private bool TryAdd(PayloadType type, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, bool isUrgent = false)
    {
        var isAdded = type == PayloadType.Output && _handshake.Cipher is { } cipher
            ? _window.TryAdd(type, cipher.Encrypt([.. head, .. body]), [], isUrgent)
            : _window.TryAdd(type, head, body, isUrgent);
        if (isAdded)
        {
            _work.Set();
        }

        return isAdded;
    }

    /// <summary>
    /// Asks the agent to end the session and AWS to terminate it. Sessions that nobody ends keep their place at the agent, which
    /// has two, until they time out.
    /// </summary>
    private async Task TerminateAsync()
    {
        using CancellationTokenSource limit = new(_options.EndLimit);
        if (_ready.Task.IsCompletedSuccessfully)
        {
            TrySend(PayloadType.Flag, [0, 0, 0, (byte)ChannelFlag.TerminateSession]);
            await WaitForAcknowledgementsAsync();
        }

        try
        {
            await _sessions.TerminateAsync(_sessionId, limit.Token);
        }
        catch (Exception e) when (e is FargateException or OperationCanceledException)
        {
            // The agent was asked as well, and AWS ends idle sessions.
        }
    }

    /// <summary>Gives the agent a moment to receive the request before the connection is closed.</summary>
    private async Task WaitForAcknowledgementsAsync()
    {
        var begunAt = _options.Clock.GetTimestamp();
        while (_window.Count > 0 && !_ended.Task.IsCompleted && _options.Clock.GetElapsedTime(begunAt) < FlagLimit)
        {
            await Task.Delay(FlagInterval, _options.Clock);
        }
    }

    /// <summary>Ends the channel; the first end counts.</summary>
    private void End(ChannelEnd end)
    {
        if (_ended.TrySetResult(end))
        {
            _ready.TrySetException(end.Error ?? ChannelErrors.SessionClosed(_sessionId, end.Output));
            // Nobody may wait for it any more.
            _ = _ready.Task.Exception;
            _room.Set();
            _life.Cancel();
        }
    }

    private async Task RunAsync()
    {
        using var timer = _options.Clock.CreateTimer(_ => Tick(), null, TickInterval, TickInterval);
        try
        {
            var transport = await _connector.OpenAsync(_life.Token);
            while (await ServeAsync(transport) is { } cause)
            {
                transport = await _connector.ReconnectAsync(cause, _life.Token);
            }
        }
        catch (OperationCanceledException) when (_life.IsCancellationRequested)
        {
            // It was ended.
        }
        catch (FargateException e)
        {
            End(new ChannelEnd("", e));
        }
        catch (Exception e)
        {
            End(new ChannelEnd("", GeneralErrors.Unexpected(e)));
        }

        _receiver.OnEnded(await _ended.Task);
    }

    /// <summary>Finds late acknowledgements, and a connection that was cut without a word.</summary>
    private void Tick()
    {
        if (_window.FindLate())
        {
            _work.Set();
        }

        var waiting = _window.Waiting;
        if (_cut is not { } cut || _isDelivering || waiting == TimeSpan.Zero)
        {
            return;
        }

        if (waiting > _options.AcknowledgementLimit)
        {
            End(new ChannelEnd("", ChannelErrors.AgentSilent(_purpose.Target, _options.AcknowledgementLimit)));
        }
        else if (_options.Clock.GetElapsedTime(Volatile.Read(ref _heardAt)) > _options.SilenceLimit)
        {
            cut(new IOException($"nothing was received for {ErrorText.Seconds(_options.SilenceLimit)}"));
        }
    }
}

/// <summary>Wakes one waiter. Setting it again before the waiter comes does nothing.</summary>
internal sealed class Signal
{
    private readonly Channel<bool> _channel = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Set() => _channel.Writer.TryWrite(true);

    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _channel.Reader.ReadAsync(cancellationToken);
}
