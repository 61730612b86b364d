using System.Collections.Concurrent;
using System.Security.Cryptography;
using LocalFargate.Faults;

namespace LocalFargate.SessionManager;

/// <summary>The sessions of Session Manager, those that have ended among them, and the agents that serve them.</summary>
internal sealed class SessionRegistry(SessionManagerOptions options, FaultSet faults) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Session> _sessions = [];
    private readonly ConcurrentDictionary<(string TaskArn, string Container), AgentWorkers> _agents = [];

    /// <summary>Makes the URL of a session's data channel from the session's id.</summary>
    internal required Func<string, string> StreamUrl { get; init; }

    /// <summary>The name of the caller, which begins the ids of sessions.</summary>
    internal required string UserName { get; init; }

    internal SessionManagerOptions Options { get; } = options;

    internal IReadOnlyList<SessionView> Views =>
        [.. _sessions.Values.OrderBy(session => session.StartedAt).Select(session => session.View())];

    internal IReadOnlyList<string> IssuedTokens => [.. _sessions.Values.SelectMany(session => session.IssuedTokens)];

    internal Session? Find(string id) => _sessions.GetValueOrDefault(id);

    /// <summary>Starts a session: the agent serves it as soon as it can.</summary>
    internal Session Start(SessionRequest request)
    {
        var prefix = request.Document is null ? "ecs-execute-command" : UserName;
        var id = $"{prefix}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(9))[1..]}";
        var session = new Session(id, request, Options, faults)
        {
            StreamUrl = StreamUrl,
        };
        _sessions[session.Id] = session;
        var workers = _agents.GetOrAdd(
            (request.Task.Arn, request.ContainerName), _ => new AgentWorkers(Options.SessionWorkersLimit, Options.SessionQueueLimit));
        session.Serve(workers);
        return session;
    }

    /// <summary>Ends the connections of all clients, whose sessions can be resumed.</summary>
    /// <param name="saysBye">Whether they are closed with code 1000 and "Bye".</param>
    internal void Cut(bool saysBye)
    {
        foreach (var session in _sessions.Values)
        {
            session.Cut(saysBye);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var session in _sessions.Values)
        {
            await session.DisposeAsync();
        }
    }
}

/// <summary>The places for sessions that an agent has.</summary>
internal sealed class AgentWorkers(int limit, int queueLimit)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = [];
    private int _busy;
    private bool _isStuck;

    /// <summary>Waits for a place without a word.</summary>
    internal async Task EnterAsync(CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource> place;
        lock (_lock)
        {
            if (_busy < limit && !_isStuck)
            {
                _busy++;
                return;
            }

            // The agent's queue is full: it blocks the channel that starts sessions, and never reads it again.
            _isStuck |= _waiting.Count >= queueLimit;
            place = _waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        try
        {
            await place.Value.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            lock (_lock)
            {
                if (place.List is not null)
                {
                    _waiting.Remove(place);
                    throw;
                }
            }

            Leave();
            throw;
        }
    }

    /// <summary>Gives a place to the session that has waited the longest.</summary>
    internal void Leave()
    {
        lock (_lock)
        {
            if (_waiting.First is { } next && !_isStuck)
            {
                _waiting.Remove(next);
                next.Value.SetResult();
            }
            else
            {
                _busy--;
            }
        }
    }
}
