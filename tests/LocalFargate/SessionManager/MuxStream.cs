using System.Net.Sockets;
using System.Threading.Channels;
using LocalFargate.Network;

namespace LocalFargate.SessionManager;

/// <summary>A stream of smux and its connection to the port.</summary>
internal sealed class MuxStream(uint id, MuxProgram program, MuxBudget budget, Gate clientPresent)
{
    private readonly Channel<byte[]> _input = Channel.CreateUnbounded<byte[]>();

    internal uint Id { get; } = id;

    internal Task Ended { get; set; } = Task.CompletedTask;

    internal void Take(byte[] data)
    {
        budget.Add(data.Length);
        if (!_input.Writer.TryWrite(data))
        {
            budget.Add(-data.Length);
        }
    }

    internal void EndInput() => _input.Writer.TryComplete();

    /// <summary>Joins the stream to the port, until one of them ends: there is no half of a connection.</summary>
    /// <returns>False when the port cannot be connected to.</returns>
    internal async Task<bool> RunAsync(PortDialer dialer, CancellationToken cancellationToken)
    {
        TaskConnection task;
        try
        {
            task = await dialer.ConnectAsync(cancellationToken);
        }
        catch (SocketException)
        {
            Discard();
            return false;
        }

        using (task)
        using (var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            Task[] copies = [CopyInputAsync(task, ending.Token), CopyOutputAsync(task, ending.Token)];
            await Task.WhenAny(copies);
            await ending.CancelAsync();
            await Task.WhenAll(copies).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Discard();
        cancellationToken.ThrowIfCancellationRequested();
        return true;
    }

    private async Task CopyInputAsync(TaskConnection task, CancellationToken cancellationToken)
    {
        await foreach (var data in _input.Reader.ReadAllAsync(cancellationToken))
        {
            budget.Add(-data.Length);
            if (!await task.SendAsync(data, cancellationToken))
            {
                return;
            }
        }
    }

    private Task CopyOutputAsync(TaskConnection task, CancellationToken cancellationToken) => task.ReadAllAsync(
        new byte[MuxProgram.MaxFrame],
        async data =>
        {
            await program.SendFrameAsync(MuxCommand.Data, Id, data, cancellationToken);

            // While the client is away, nothing more is read for it.
            await clientPresent.WaitAsync(cancellationToken);
        },
        cancellationToken);

    private void Discard()
    {
        EndInput();
        while (_input.Reader.TryRead(out var data))
        {
            budget.Add(-data.Length);
        }
    }
}

/// <summary>What the streams of a session keep for their connections: with 4 MiB, all of them stop being read.</summary>
internal sealed class MuxBudget
{
    private const long Limit = 4 * 1024 * 1024;

    private readonly Gate _room = new();
    private readonly Lock _lock = new();
    private long _kept;

    internal MuxBudget() => _room.Set(true);

    internal Task WaitForRoomAsync(CancellationToken cancellationToken) => _room.WaitAsync(cancellationToken);

    internal void Add(int count)
    {
        lock (_lock)
        {
            _kept += count;
            _room.Set(_kept < Limit);
        }
    }
}
