using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using LocalFargate.SessionManager;
using LocalFargate.Tasks;

namespace LocalFargate.Network;

/// <summary>
/// Stands for one port of a public address: what connects to it reaches the same port of the private address, as the
/// internet gateway's translation does it. It listens only once the private port is listened on, and drops all packets while a
/// security group does not let them in; connections that are there stay.
/// </summary>
internal sealed class PortForwarder : IAsyncDisposable
{
    private const int BufferSize = 64 * 1024;
    private static readonly TimeSpan _ruleInterval = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Task> _connections = [];
    private readonly IPEndPoint _listen;
    private readonly IPEndPoint _target;
    private readonly TaskPlan _plan;
    private readonly Func<bool>? _admits;
    private readonly Task _run;

    /// <summary>Starts forwarding.</summary>
    /// <param name="listen">The address and port that it stands for.</param>
    /// <param name="target">What they lead to.</param>
    /// <param name="plan">The plan of the task, with the behaviour towards clients that are let in.</param>
    /// <param name="admits">Tells whether clients are let in now; null lets them in always.</param>
    internal PortForwarder(IPEndPoint listen, IPEndPoint target, TaskPlan plan, Func<bool>? admits)
    {
        _listen = listen;
        _target = target;
        _plan = plan;
        _admits = admits;
        _run = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_connections).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private Task RunAsync() => _admits is null ? BehaveAsync(_stop.Token) : FollowRulesAsync(_admits);

    private async Task FollowRulesAsync(Func<bool> admits)
    {
        while (!_stop.IsCancellationRequested)
        {
            using var phase = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var isOpen = admits();
            var serving = isOpen ? BehaveAsync(phase.Token) : DropAsync(phase.Token);
            while (admits() == isOpen && !_stop.IsCancellationRequested)
            {
                await Task.Delay(_ruleInterval, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await phase.CancelAsync();
            await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task BehaveAsync(CancellationToken cancellationToken) => _plan.SshPort switch
    {
        SshPortBehaviour.Closed => Task.CompletedTask,
        SshPortBehaviour.Unreachable => DropAsync(cancellationToken),
        SshPortBehaviour.Silent => AcceptAsync(_ => Task.Delay(Timeout.Infinite, _stop.Token), cancellationToken),
        SshPortBehaviour.Late => AcceptAsync(ForwardLateAsync, cancellationToken),
        _ => ForwardWhenListeningAsync(cancellationToken),
    };

    private async Task ForwardWhenListeningAsync(CancellationToken cancellationToken)
    {
        await ListeningPorts.WaitForAsync(_target, cancellationToken);
        await AcceptAsync(ForwardAsync, cancellationToken);
    }

    private async Task ForwardLateAsync(Socket client)
    {
        await Task.Delay(_plan.BannerDelay, _stop.Token);
        await ListeningPorts.WaitForAsync(_target, _stop.Token);
        await ForwardAsync(client);
    }

    private async Task AcceptAsync(Func<Socket, Task> serve, CancellationToken cancellationToken)
    {
        using var listener = Bind(_listen, backlog: 128);
        while (true)
        {
            var client = await listener.AcceptAsync(cancellationToken);
            while (_connections.TryPeek(out var oldest) && oldest.IsCompleted)
            {
                _connections.TryDequeue(out _);
            }

            _connections.Enqueue(ServeAsync(client, serve));
        }
    }

    private static async Task ServeAsync(Socket client, Func<Socket, Task> serve)
    {
        using (client)
        {
            try
            {
                await serve(client);
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                // A reset, as the client would see it from the task itself.
                client.LingerState = new LingerOption(enable: true, seconds: 0);
            }
        }
    }

    private async Task ForwardAsync(Socket client)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var server = new TaskConnection(socket, _plan.Faults);
        await socket.ConnectAsync(_target, _stop.Token);
        client.NoDelay = true;
        using var reset = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        await Task.WhenAll(
            CopyAsync(() => CopyInputAsync(client, server, reset.Token), reset),
            CopyAsync(() => CopyOutputAsync(server, client, reset.Token), reset));
    }

    private static async Task CopyAsync(Func<Task> copy, CancellationTokenSource reset)
    {
        try
        {
            await copy();
        }
        catch (SocketException)
        {
            // One side is gone: the other way has no use any more.
            await reset.CancelAsync();
            throw;
        }
    }

    private static async Task CopyInputAsync(Socket client, TaskConnection server, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        int count;
        while ((count = await client.ReceiveAsync(buffer, cancellationToken)) > 0)
        {
            if (!await server.SendAsync(buffer.AsMemory(0, count), cancellationToken))
            {
                return;
            }
        }

        server.Shutdown(SocketShutdown.Send);
    }

    private static async Task CopyOutputAsync(TaskConnection server, Socket client, CancellationToken cancellationToken)
    {
        await server.ReadAllAsync(new byte[BufferSize], data => client.SendAllAsync(data, cancellationToken), cancellationToken);
        client.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Linux drops the SYNs of a listener with a full queue, so this one is filled and never emptied.</summary>
    private async Task DropAsync(CancellationToken cancellationToken)
    {
        using var listener = Bind(_listen, backlog: 0);
        var fillers = new List<Socket>();
        try
        {
            for (var i = 0; i < 2; i++)
            {
                var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
                fillers.Add(filler);
                _ = filler.ConnectAsync(_listen, cancellationToken).AsTask()
                    .ContinueWith(connect => connect.Exception, TaskScheduler.Default);
            }

            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            fillers.ForEach(filler => filler.Dispose());
        }
    }

    private static Socket Bind(IPEndPoint endpoint, int backlog)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // Connections of an earlier listener may still be in TIME_WAIT.
            listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            listener.Bind(endpoint);
            listener.Listen(backlog);
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }
}
