using System.Net;
using System.Net.Sockets;

namespace LocalFargate.Network;

/// <summary>
/// Stands for one port of a public address: what connects to it reaches the same port of the private address, as the
/// internet gateway's translation does it. It listens only once the private port is listened on.
/// </summary>
internal sealed class PortForwarder : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly IPEndPoint _listen;
    private readonly IPEndPoint _target;
    private readonly SshPortBehaviour _behaviour;
    private readonly TimeSpan _delay;
    private readonly Task _run;

    internal PortForwarder(IPEndPoint listen, IPEndPoint target, SshPortBehaviour behaviour, TimeSpan delay)
    {
        _listen = listen;
        _target = target;
        _behaviour = behaviour;
        _delay = delay;
        _run = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private Task RunAsync() => _behaviour switch
    {
        SshPortBehaviour.Closed => Task.CompletedTask,
        SshPortBehaviour.Unreachable => DropAsync(),
        SshPortBehaviour.Silent => AcceptAsync(_ => Task.Delay(Timeout.Infinite, _stop.Token)),
        SshPortBehaviour.Late => AcceptAsync(ForwardLateAsync),
        _ => ForwardWhenListeningAsync(),
    };

    private async Task ForwardWhenListeningAsync()
    {
        await ListeningPorts.WaitForAsync(_target, _stop.Token);
        await AcceptAsync(ForwardAsync);
    }

    private async Task ForwardLateAsync(Socket client)
    {
        await Task.Delay(_delay, _stop.Token);
        await ListeningPorts.WaitForAsync(_target, _stop.Token);
        await ForwardAsync(client);
    }

    private async Task AcceptAsync(Func<Socket, Task> serve)
    {
        using var listener = Bind(_listen, backlog: 128);
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptAsync(_stop.Token);
                connections.RemoveAll(connection => connection.IsCompleted);
                connections.Add(ServeAsync(client, serve));
            }
        }
        finally
        {
            await Task.WhenAll(connections).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await server.ConnectAsync(_target, _stop.Token);
        client.NoDelay = true;
        using var reset = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var copies = new[] { CopyAsync(client, server, reset), CopyAsync(server, client, reset) };
        await Task.WhenAll(copies);
    }

    private static async Task CopyAsync(Socket from, Socket to, CancellationTokenSource reset)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer, reset.Token)) > 0)
            {
                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), reset.Token);
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // One side is gone: the other way has no use any more.
            await reset.CancelAsync();
            throw;
        }
    }

    /// <summary>Linux drops the SYNs of a listener with a full queue, so this one is filled and never emptied.</summary>
    private async Task DropAsync()
    {
        using var listener = Bind(_listen, backlog: 0);
        var fillers = new List<Socket>();
        try
        {
            for (var i = 0; i < 2; i++)
            {
                var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
                fillers.Add(filler);
                _ = filler.ConnectAsync(_listen, _stop.Token).AsTask()
                    .ContinueWith(connect => connect.Exception, TaskScheduler.Default);
            }

            await Task.Delay(Timeout.Infinite, _stop.Token);
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
