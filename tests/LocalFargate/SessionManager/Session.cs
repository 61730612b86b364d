using System.Security.Cryptography;
using System.Text.Json.Nodes;
using LocalFargate.Faults;

namespace LocalFargate.SessionManager;

/// <summary>
/// A session of Session Manager: its gateway's part, which hands messages between the client, as long as one is connected, and
/// the agent. What comes for an absent client is lost, and sent again by the agent.
/// </summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly List<string> _violations = [];
    private readonly HashSet<string> _tokens = [];
    private readonly List<string> _issued = [];
    private readonly FaultLine _toClient;
    private readonly FaultLine _toAgent;
    private readonly AgentWorker _agent;
    private ClientConnection? _client;
    private Task _work = Task.CompletedTask;
    private int _connections;
    private long _fromClient;
    private long _fromAgent;

    internal Session(string id, SessionRequest request, SessionManagerOptions options, FaultSet faults)
    {
        Id = id;
        Request = request;
        _agent = new AgentWorker(request, options, faults) { Publish = PublishFromAgent };
        _toClient = new FaultLine(faults, ChannelDirection.ToClient, message => _client?.Send(message), Cut);
        _toAgent = new FaultLine(faults, ChannelDirection.ToAgent, _agent.Post, Cut);
    }

    internal string Id { get; }

    internal SessionRequest Request { get; }

    internal required Func<string, string> StreamUrl { get; init; }

    internal DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    internal bool IsEnded => _ended.Task.IsCompleted;

    /// <summary>What StartSession and ResumeSession answer: with a token that opens the data channel once.</summary>
    internal JsonObject Describe()
    {
        var token = Convert.ToBase64String(RandomNumberGenerator.GetBytes(48));
        lock (_lock)
        {
            _tokens.Add(token);
            _issued.Add(token);
        }

        return new JsonObject { ["SessionId"] = Id, ["TokenValue"] = token, [nameof(StreamUrl)] = StreamUrl(Id) };
    }

    /// <summary>All tokens that were issued, those that were used among them.</summary>
    internal IReadOnlyList<string> IssuedTokens
    {
        get
        {
            lock (_lock)
            {
                return [.. _issued];
            }
        }
    }

    /// <summary>Uses up a token.</summary>
    internal bool TakeToken(string token)
    {
        lock (_lock)
        {
            return !IsEnded && _tokens.Remove(token);
        }
    }

    /// <summary>Takes its place among the sessions of the agent at once, and is served from then on.</summary>
    internal void Serve(AgentWorkers workers)
    {
        _work = ServeAsync();

        async Task ServeAsync()
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token, Request.Task.StopWanted);
            End(await _agent.RunAsync(workers, either.Token));
        }
    }

    /// <summary>Makes this the session's client, in the place of one that was there.</summary>
    internal void Attach(ClientConnection client)
    {
        ClientConnection? old;
        lock (_lock)
        {
            (old, _client) = (_client, client);
            _connections++;
        }

        old?.Close("The session was opened elsewhere.");
        client.Send(new ChannelMessage { Type = MessageTypes.StartPublication, Flags = 3, IsOfGateway = true });
        _agent.SetClientPresent(true);
        if (IsEnded)
        {
            SendClosed(client);
        }
    }

    internal void Detach(ClientConnection client)
    {
        lock (_lock)
        {
            if (_client != client)
            {
                return;
            }

            _client = null;
        }

        _agent.SetClientPresent(false);
    }

    internal void PassFromClient(ChannelMessage message)
    {
        Interlocked.Increment(ref _fromClient);
        _toAgent.Pass(message);
    }

    /// <summary>Ends the client's connection; the session can be resumed.</summary>
    internal void Cut(bool saysBye)
    {
        if (saysBye)
        {
            _client?.Close(ClientConnection.Bye);
        }
        else
        {
            _client?.Abort();
        }
    }

    /// <summary>Ends the session: the client is told in a channel_closed with this output.</summary>
    internal void End(string output)
    {
        if (_ended.TrySetResult(output))
        {
            _ending.Cancel();
            if (_client is { } client)
            {
                SendClosed(client);
            }
        }
    }

    internal void ReportViolation(string violation)
    {
        lock (_lock)
        {
            _violations.Add(violation);
        }
    }

    internal SessionView View()
    {
        lock (_lock)
        {
            return new SessionView
            {
                Id = Id,
                TaskArn = Request.Task.Arn,
                ContainerName = Request.ContainerName,
                DocumentName = Request.Document?.Name,
                Reason = Request.Reason,
                Status = IsEnded ? SessionStatus.Ended : _agent.Status,
                IsConnected = _client is not null,
                Connections = _connections,
                Output = IsEnded ? _ended.Task.Result : null,
                Violations = [.. _violations],
                MessagesFromClient = Interlocked.Read(ref _fromClient),
                MessagesFromAgent = Interlocked.Read(ref _fromAgent),
            };
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _agent.Dispose();
        _ending.Dispose();
    }

    private void PublishFromAgent(ChannelMessage message)
    {
        Interlocked.Increment(ref _fromAgent);
        _toClient.Pass(message);
    }

    private void SendClosed(ClientConnection client)
    {
        var message = new ChannelMessage { Type = MessageTypes.ChannelClosed, Flags = 3, IsOfGateway = true };
        client.Send(message with
        {
            Payload = AgentChannel.Json(new JsonObject
            {
                ["MessageId"] = message.Id.ToString(),
                ["CreatedDate"] = DateTimeOffset.UtcNow.ToString("O"),
                ["DestinationId"] = Id,
                ["SessionId"] = Id,
                ["MessageType"] = MessageTypes.ChannelClosed,
                ["SchemaVersion"] = 1,
                ["Output"] = _ended.Task.Result,
            }),
        });
    }
}
