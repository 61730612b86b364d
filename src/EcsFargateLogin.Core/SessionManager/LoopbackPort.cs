using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace EcsFargateLogin.SessionManager;

/// <summary>
/// A connection to a remote port. It ends in both directions at once: neither smux nor Instance Connect can end one alone.
/// </summary>
internal interface IRemoteStream
{
    /// <summary>Reads what there is; waits where there is nothing.</summary>
    /// <returns>The number of bytes; 0 at the end.</returns>
    /// <exception cref="IOException">The connection has failed.</exception>
    ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellationToken);

    /// <summary>Writes data. Waits while the other side is slower.</summary>
    /// <exception cref="IOException">The connection has failed.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>Closes the connection.</summary>
    ValueTask CloseAsync(CancellationToken cancellationToken);
}

/// <summary>
/// A port of this machine, by default a free one of 127.0.0.1. Each connection to it is carried to a remote port. Every user of
/// this machine can connect to it: what protects is the server behind it. Disposing closes the port and all connections.
/// </summary>
internal sealed class LoopbackPort : IAsyncDisposable
{
    /// <summary>Upper bound for connections at the same time; others wait to be accepted.</summary>
    public const int MostConnections = 64;

    private const int BufferSize = 64 * 1024;
    private const int Backlog = 128;

    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(1);

    private readonly Func<CancellationToken, Task<IRemoteStream>> _connect;
    private readonly Socket _listener;
    private readonly SemaphoreSlim _places = new(MostConnections);
    private readonly ConcurrentDictionary<Task, bool> _connections = new();
    private readonly CancellationTokenSource _life = new();
    private readonly Task _accepting;

    /// <param name="connect">Opens a connection to the remote port. Failures close the local connection.</param>
    /// <param name="localEnd">The address and port to listen on; null for a free port of 127.0.0.1.</param>
    /// <exception cref="SocketException">It cannot listen there.</exception>
    public LoopbackPort(Func<CancellationToken, Task<IRemoteStream>> connect, IPEndPoint? localEnd = null)
    {
        _connect = connect;
        localEnd ??= new IPEndPoint(IPAddress.Loopback, 0);
        _listener = new Socket(localEnd.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _listener.Bind(localEnd);
            _listener.Listen(Backlog);
        }
        catch
        {
            _listener.Dispose();
            throw;
        }

        Number = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>The number of the port.</summary>
    public int Number { get; }

    /// <summary>The number of open connections.</summary>
    public int ConnectionCount => _connections.Count;

    /// <summary>Closes the port. Connections that are open go on.</summary>
    public void StopListening() => _listener.Dispose();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _life.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await _places.WaitAsync(_life.Token);
                var client = await _listener.AcceptAsync(_life.Token);
                var connection = ServeAsync(client);
                _connections[connection] = true;
                _ = connection.ContinueWith(
                    ended => _connections.TryRemove(ended, out _), TaskContinuationOptions.ExecuteSynchronously);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The port was closed.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        await Task.Yield();
        using var closed = client;
        try
        {
            client.NoDelay = true;
            var remote = await _connect(_life.Token);
            try
            {
                await RelayAsync(client, remote);
            }
            finally
            {
                using CancellationTokenSource limit = new(CloseLimit);
                await remote.CloseAsync(limit.Token);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or FargateException
            or ObjectDisposedException)
        {
            // A reset tells the client that the connection has failed; a plain close would pass for the end of the data.
            client.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>
    /// Copies both ways until either has ended. A client that has only ended its sending cannot be told apart from one that has
    /// closed, and the other side could not be told of it either: it gets no answer any more. SSH never does so.
    /// </summary>
    private async Task RelayAsync(Socket client, IRemoteStream remote)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_life.Token);
        var up = CopyAsync(target => client.ReceiveAsync(target, ending.Token), data => remote.WriteAsync(data, ending.Token));
        var down = CopyAsync(target => remote.ReadAsync(target, ending.Token), data => SendAsync(client, data, ending.Token));
        var first = await Task.WhenAny(up, down);
        if (up.Exception?.InnerException is IOException)
        {
            // The other side has closed while this one still wrote. What it had sent before is not lost.
            first = down;
            await down.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await ending.CancelAsync();
        await Task.WhenAll(up, down).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
        if (first == down)
        {
            await EndAsync(client);
        }
    }

    /// <summary>
    /// Ends sending, and discards what the client still sends: a close with unread data would be a reset, by which the client may
    /// lose what it has not read yet.
    /// </summary>
    private static async Task EndAsync(Socket client)
    {
        using CancellationTokenSource limit = new(CloseLimit);
        client.Shutdown(SocketShutdown.Send);
        var buffer = new byte[BufferSize];
        try
        {
            while (await client.ReceiveAsync(buffer, limit.Token) > 0)
            {
            }
        }
        catch (OperationCanceledException)
        {
            // It has had time.
        }
    }

    private static async Task CopyAsync(Func<Memory<byte>, ValueTask<int>> read, Func<ReadOnlyMemory<byte>, ValueTask> write)
    {
        var buffer = new byte[BufferSize];
        while (await read(buffer) is > 0 and var length)
        {
            await write(buffer.AsMemory(0, length));
        }
    }

    private static async ValueTask SendAsync(Socket client, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        while (data.Length > 0)
        {
            data = data[await client.SendAsync(data, cancellationToken)..];
        }
    }
}
