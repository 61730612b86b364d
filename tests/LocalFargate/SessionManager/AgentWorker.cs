using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using LocalFargate.Faults;

namespace LocalFargate.SessionManager;

/// <summary>The agent's worker for one session, in the container: handshake, then the port or the program, to its end.</summary>
internal sealed class AgentWorker : IDisposable
{
    private readonly SessionRequest _request;
    private readonly SessionManagerOptions _options;
    private readonly FaultSet _faults;
    private readonly AgentChannel _channel;
    private readonly Channel<ChannelMessage> _inbox = Channel.CreateUnbounded<ChannelMessage>();
    private readonly Gate _clientPresent = new();
    private readonly TaskCompletionSource<JsonObject> _response = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stopwatch _idle = Stopwatch.StartNew();
    private ISessionProgram? _program;
    private volatile bool _isShakingHands;

    internal AgentWorker(SessionRequest request, SessionManagerOptions options, FaultSet faults)
    {
        _request = request;
        _options = options;
        _faults = faults;
        _channel = new AgentChannel(options.AgentInterval, message =>
        {
            Touch(message);
            Publish!(message);
        });
    }

    /// <summary>Hands a message to the gateway.</summary>
    internal required Action<ChannelMessage> Publish { get; init; }

    internal SessionStatus Status { get; private set; } = SessionStatus.Waiting;

    /// <summary>Takes a message of the client.</summary>
    internal void Post(ChannelMessage message)
    {
        Touch(message);
        if (message.Type == MessageTypes.Acknowledge)
        {
            _channel.TakeAcknowledgement(message);
        }
        else
        {
            _inbox.Writer.TryWrite(message);
        }
    }

    /// <summary>What start_publication and pause_publication tell an agent.</summary>
    internal void SetClientPresent(bool isPresent) => _clientPresent.Set(isPresent);

    /// <summary>Serves the session.</summary>
    /// <returns>What the client is told at its end.</returns>
    internal async Task<string> RunAsync(AgentWorkers workers, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var idle = WaitForIdlenessAsync(ending.Token);
        var served = ServeAsync(workers, ending.Token);
        try
        {
            return await await Task.WhenAny(served, idle, _terminated.Task);
        }
        catch (OperationCanceledException)
        {
            return "";
        }
        catch (Exception exception)
        {
            return $"The agent has failed: {exception.Message}";
        }
        finally
        {
            await ending.CancelAsync();
            await ((Task)Task.WhenAll(served, idle)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _channel.Dispose();

    private async Task<string> ServeAsync(AgentWorkers workers, CancellationToken cancellationToken)
    {
        await workers.EnterAsync(cancellationToken);
        try
        {
            if (_faults.TryUse<AgentSilent>())
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            Status = SessionStatus.Opening;
            await _clientPresent.WaitAsync(cancellationToken);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var background = Task.WhenAll(ReceiveAsync(ending.Token), _channel.ResendAsync(ending.Token));
            try
            {
                var output = await HandshakeAsync(cancellationToken) ?? await RunProgramAsync(cancellationToken);
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(_options.DrainLimit);
                await _channel.DrainAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return output;
            }
            finally
            {
                await ending.CancelAsync();
                await background.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            workers.Leave();
        }
    }

    private async Task<string> RunProgramAsync(CancellationToken cancellationToken)
    {
        var readyAfter = _faults.Use<AgentNotReady>()?.For ?? TimeSpan.Zero;
        var dialer = new PortDialer(_request, _options.RemoteHosts) { ReadyAfter = readyAfter };
        await using ISessionProgram program = _request.Document switch
        {
            null => new ShellProgram(_request, _channel, _clientPresent),
            { IsMultiplexed: true } => new MuxProgram(dialer, _channel, _clientPresent) { KeepsAlive = KeepsAlive() },
            _ => new PortProgram(dialer, _channel, _clientPresent),
        };
        _program = program;
        Status = SessionStatus.Open;
        return await program.RunAsync(cancellationToken);
    }

    /// <summary>Performs a handshake where the kind of session has one.</summary>
    /// <returns>Null when it has succeeded; else what ends the session.</returns>
    private async Task<string?> HandshakeAsync(CancellationToken cancellationToken)
    {
        if (_request.Document is null && _options.ShellKmsKeyId is null)
        {
            return null;
        }

        _isShakingHands = true;
        var clock = Stopwatch.StartNew();
        var actions = Handshake.Actions(_request, _options.ShellKmsKeyId);
        await _channel.SendAsync(
            PayloadType.HandshakeRequest, AgentChannel.Json(Handshake.Request(_options.AgentVersion, actions)), cancellationToken);
        try
        {
            var response = await _response.Task.WaitAsync(_options.HandshakeTimeout, cancellationToken);
            if (Handshake.FindProblem(actions, response) is { } problem)
            {
                return problem;
            }
        }
        catch (TimeoutException)
        {
            return "Handshake timed out. Please ensure that you have the latest version of the session manager plugin.";
        }

        _isShakingHands = false;
        await _channel.SendAsync(
            PayloadType.HandshakeComplete, AgentChannel.Json(Handshake.Complete(clock.Elapsed)), cancellationToken);
        return null;
    }

    private bool KeepsAlive() => !Handshake.IsNewerThan(_response.Task.Result, new Version(1, 2, 331, 0));

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        await foreach (var message in _inbox.Reader.ReadAllAsync(cancellationToken))
        {
            await _channel.ReceiveAsync(message, HandleAsync, cancellationToken);
        }

        Task<bool> HandleAsync(ChannelMessage message) => this.HandleAsync(message, cancellationToken);
    }

    private Task<bool> HandleAsync(ChannelMessage message, CancellationToken cancellationToken)
    {
        switch (message.PayloadType)
        {
            case PayloadType.HandshakeResponse:
                TakeResponse(message);
                return Task.FromResult(true);
            case PayloadType.Flag when Flags.Read(message) == ChannelFlag.TerminateSession:
                _terminated.TrySetResult("");
                return Task.FromResult(true);
            default:
                // Until the handshake is complete, it is acknowledged and dropped; then, until the program is there, neither.
                return _program?.TakeAsync(message, cancellationToken) ?? Task.FromResult(_isShakingHands);
        }
    }

    private void TakeResponse(ChannelMessage message)
    {
        try
        {
            _response.TrySetResult(JsonNode.Parse(message.Payload.Span) as JsonObject ?? []);
        }
        catch (JsonException)
        {
            _response.TrySetResult([]);
        }
    }

    private void Touch(ChannelMessage message)
    {
        if (message.Type != MessageTypes.Acknowledge)
        {
            _idle.Restart();
        }
    }

    private async Task<string> WaitForIdlenessAsync(CancellationToken cancellationToken)
    {
        while (_options.IdleTimeout - _idle.Elapsed is { Ticks: > 0 } left)
        {
            await Task.Delay(left + TimeSpan.FromMilliseconds(1), cancellationToken);
        }

        return "Your session timed out due to inactivity.";
    }
}

/// <summary>What a session is for: a port or a program.</summary>
internal interface ISessionProgram : IAsyncDisposable
{
    /// <summary>Takes stream data of the client; false while it cannot.</summary>
    Task<bool> TakeAsync(ChannelMessage message, CancellationToken cancellationToken);

    /// <summary>Runs to its end.</summary>
    /// <returns>What the client is told at the end.</returns>
    Task<string> RunAsync(CancellationToken cancellationToken);
}

/// <summary>A gate that is waited for while it is closed.</summary>
internal sealed class Gate
{
    private volatile TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task WaitAsync(CancellationToken cancellationToken) => _open.Task.WaitAsync(cancellationToken);

    internal void Set(bool isOpen)
    {
        if (isOpen)
        {
            _open.TrySetResult();
        }
        else if (_open.Task.IsCompleted)
        {
            _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
