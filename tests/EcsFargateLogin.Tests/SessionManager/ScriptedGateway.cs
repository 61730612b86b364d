using System.Collections.Concurrent;
using System.Text.Json;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.SessionManager;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.SessionManager;

/// <summary>Session Manager in memory: its calls, its message gateway, and one agent.</summary>
internal sealed class ScriptedGateway : ISessionManager, IAsyncDisposable
{
    public const string Target = "ecs:dev_0123_0123-456";
    public const string SessionId = "me-0123";

    private readonly ConcurrentQueue<string> _calls = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private int _token;
    private int _attempts;
    private MemoryTransport? _client;

    public ScriptedAgent Agent { get; init; } = new();

    public Faults Faults { get; init; } = new();

    public string StreamUrl { get; init; } = "wss://ssmmessages.eu-central-1.amazonaws.com/v1/data-channel/me-0123?role=publish_subscribe";

    /// <summary>The operations that were called, in order.</summary>
    public IReadOnlyList<string> Calls => [.. _calls];

    /// <summary>The opening messages of the connections, in order.</summary>
    public ConcurrentQueue<JsonElement> Openings { get; } = new();

    /// <summary>Called with the number of each call of ResumeSession, from 1; may throw, or return false for no token.</summary>
    public Func<int, bool> Resumes { get; init; } = _ => true;

    /// <summary>Called with the number of each attempt to connect, from 1; may throw, or return false for one that is cut at once.</summary>
    public Func<int, bool> Connects { get; init; } = _ => true;

    /// <summary>Called for each data key; may throw.</summary>
    public Action GeneratesKey { get; init; } = () => { };

    /// <summary>The number of calls of StartSession for which the agent is not connected yet.</summary>
    public int RefusedStarts { get; set; }

    /// <summary>Completes StartSession.</summary>
    public Task Starts { get; init; } = Task.CompletedTask;

    public byte[] DataKey { get; } = [.. Enumerable.Range(0, 64).Select(index => (byte)index)];

    public ChannelOptions Options => new() { Connect = ConnectAsync, FirstPause = TimeSpan.FromMilliseconds(1) };

    public ChannelTicket Ticket => new(SessionId, StreamUrl, $"token-{_token}");

    public async Task<ChannelTicket> StartPortAsync(
        string target, int port, string? remoteHost, string reason, CancellationToken cancellationToken)
    {
        _calls.Enqueue($"Start {target} {port} {remoteHost} {reason}");
        await Starts.WaitAsync(cancellationToken);
        return RefusedStarts-- > 0
            ? throw EcsErrors.AgentNotConnected(target, SampleTask.Answer("TargetNotConnected"))
            : Ticket;
    }

    public Task<ChannelTicket?> ResumeAsync(string sessionId, CancellationToken cancellationToken)
    {
        _calls.Enqueue($"Resume {sessionId}");
        _token++;
        return Task.FromResult(Resumes(_token) ? Ticket : null);
    }

    public Task TerminateAsync(string sessionId, CancellationToken cancellationToken)
    {
        _calls.Enqueue($"Terminate {sessionId}");
        return Task.CompletedTask;
    }

    public Task<IReadOnlyDictionary<string, string>> SignAsync(Uri streamUrl, CancellationToken cancellationToken)
    {
        _calls.Enqueue("Sign");
        return Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string> { ["Authorization"] = "signed" });
    }

    public Task<SessionDataKey> GenerateDataKeyAsync(
        string keyId, IReadOnlyDictionary<string, string> context, CancellationToken cancellationToken)
    {
        _calls.Enqueue($"GenerateDataKey {keyId} {string.Join(' ', context.Select(pair => $"{pair.Key}={pair.Value}"))}");
        GeneratesKey();
        return Task.FromResult(new SessionDataKey(DataKey, [1, 2, 3]));
    }

    /// <summary>Cuts the connection that there is.</summary>
    public void Cut() => _client?.Cut();

    public async ValueTask DisposeAsync()
    {
        _client?.Cut();
        await Task.WhenAll(_connections);
    }

    public async Task<IFrameTransport> ConnectAsync(
        Uri url, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        Assert.Equal("signed", headers["Authorization"]);
        await Task.Yield();
        var isKept = Connects(Interlocked.Increment(ref _attempts));
        var (client, server) = MemoryTransport.Pair(Faults);
        _client = client;
        _connections.Add(ServeAsync(server, isKept));
        return client;
    }

    private async Task ServeAsync(MemoryTransport server, bool isKept)
    {
        await using (server)
        {
            try
            {
                var first = await server.ReceiveAsync(CancellationToken.None);
                var opening = JsonDocument.Parse(first.Data).RootElement;
                Openings.Enqueue(opening);
                if (isKept && first.IsText && opening.GetProperty("TokenValue").GetString() == $"token-{_token}")
                {
                    await Agent.ServeAsync(server);
                }
            }
            catch (IOException)
            {
                // It was cut.
            }
        }
    }
}
