using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Pipelines;

namespace LocalFargate.SessionManager;

/// <summary>A port with any number of connections: the server of smux, version 1, over the session's output.</summary>
internal sealed class MuxProgram(PortDialer dialer, AgentChannel channel, Gate clientPresent) : ISessionProgram
{
    internal const int MaxFrame = 32768;
    private const int HeaderLength = 8;
    private const byte ProtocolVersion = 1;

    private static readonly TimeSpan _keepAliveInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _keepAliveLimit = TimeSpan.FromSeconds(30);

    private readonly Pipe _input = new();
    private readonly ConcurrentDictionary<uint, MuxStream> _streams = [];
    private readonly MuxBudget _budget = new();
    private readonly Stopwatch _silence = Stopwatch.StartNew();

    /// <summary>Whether it speaks each 10 s, and ends when it hears nothing for 30 s: for clients up to version 1.2.331.0.</summary>
    internal bool KeepsAlive { get; init; }

    public async Task<bool> TakeAsync(ChannelMessage message, CancellationToken cancellationToken)
    {
        if (!dialer.IsReady)
        {
            return false;
        }

        if (message.PayloadType == PayloadType.Output)
        {
            await _input.Writer.WriteAsync(message.Payload, cancellationToken);
        }

        return true;
    }

    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        if (await dialer.FindProblemAsync(cancellationToken) is { } problem)
        {
            return problem;
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var keepAlive = KeepAliveAsync(ending.Token);
        var reading = ReadFramesAsync(ending.Token);
        try
        {
            return await await Task.WhenAny(reading, keepAlive);
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll([reading, keepAlive, .. _streams.Values.Select(stream => stream.Ended)])
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal Task SendFrameAsync(MuxCommand command, uint stream, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var frame = new byte[HeaderLength + data.Length];
        frame[0] = ProtocolVersion;
        frame[1] = (byte)command;
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(2), (ushort)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), stream);
        data.CopyTo(frame.AsMemory(HeaderLength));
        return channel.SendAsync(PayloadType.Output, frame, cancellationToken);
    }

    private async Task<string> ReadFramesAsync(CancellationToken cancellationToken)
    {
        await using var input = _input.Reader.AsStream();
        var header = new byte[HeaderLength];
        while (true)
        {
            await _budget.WaitForRoomAsync(cancellationToken);
            await input.ReadExactlyAsync(header, cancellationToken);
            _silence.Restart();
            var data = new byte[BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(2))];
            await input.ReadExactlyAsync(data, cancellationToken);
            if (header[0] != ProtocolVersion || header[1] > (byte)MuxCommand.Nothing)
            {
                return $"invalid protocol: version {header[0]}, command {header[1]}";
            }

            Take((MuxCommand)header[1], BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4)), data, cancellationToken);
        }
    }

    private void Take(MuxCommand command, uint id, byte[] data, CancellationToken cancellationToken)
    {
        switch (command)
        {
            case MuxCommand.Open when !_streams.ContainsKey(id):
                var stream = new MuxStream(id, this, _budget, clientPresent);
                _streams[id] = stream;
                stream.Ended = RunStreamAsync(stream, cancellationToken);
                break;
            case MuxCommand.Data when _streams.TryGetValue(id, out var open):
                open.Take(data);
                break;
            case MuxCommand.Close when _streams.TryGetValue(id, out var closing):
                closing.EndInput();
                break;
            default:
                // A stream that is not there any more.
                break;
        }
    }

    private async Task RunStreamAsync(MuxStream stream, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            if (!await stream.RunAsync(dialer, cancellationToken))
            {
                await channel.SendAsync(PayloadType.Flag, Flags.Write(ChannelFlag.ConnectToPortError), cancellationToken);
            }

            await SendFrameAsync(MuxCommand.Close, stream.Id, ReadOnlyMemory<byte>.Empty, cancellationToken);
        }
        finally
        {
            _streams.TryRemove(stream.Id, out _);
        }
    }

    private async Task<string> KeepAliveAsync(CancellationToken cancellationToken)
    {
        if (!KeepsAlive)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        while (_silence.Elapsed < _keepAliveLimit)
        {
            await SendFrameAsync(MuxCommand.Nothing, 0, ReadOnlyMemory<byte>.Empty, cancellationToken);
            await Task.Delay(_keepAliveInterval, cancellationToken);
        }

        return "";
    }
}

/// <summary>The commands of smux.</summary>
internal enum MuxCommand : byte
{
    /// <summary>SYN: a stream begins.</summary>
    Open = 0,

    /// <summary>FIN: a stream ends, in both directions.</summary>
    Close = 1,

    /// <summary>PSH: data of a stream.</summary>
    Data = 2,

    /// <summary>NOP: a sign of life.</summary>
    Nothing = 3,
}
