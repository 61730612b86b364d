using System.Threading.Channels;
using EcsFargateLogin.SessionManager;

namespace EcsFargateLogin.Tests.SessionManager;

/// <summary>One end of a connection in memory, which can be cut, and can lose, repeat, delay and reorder frames.</summary>
internal sealed class MemoryTransport : IFrameTransport
{
    private const int Capacity = 64;

    private readonly ChannelReader<ReceivedFrame> _incoming;
    private readonly ChannelWriter<ReceivedFrame> _outgoing;
    private readonly CancellationTokenSource _cut;
    private readonly Func<ReceivedFrame, IReadOnlyList<ReceivedFrame>> _pass;

    private MemoryTransport(
        Channel<ReceivedFrame> incoming,
        Channel<ReceivedFrame> outgoing,
        CancellationTokenSource cut,
        Func<ReceivedFrame, IReadOnlyList<ReceivedFrame>> pass) =>
        (_incoming, _outgoing, _cut, _pass) = (incoming.Reader, outgoing.Writer, cut, pass);

    private Action OnReceived { get; init; } = () => { };

    /// <summary>Creates both ends.</summary>
    /// <param name="faults">What becomes of each frame.</param>
    public static (MemoryTransport Client, MemoryTransport Server) Pair(Faults faults)
    {
        CancellationTokenSource cut = new();
        var hasBroughtAny = false;
        var up = Channel.CreateBounded<ReceivedFrame>(Capacity);
        var down = Channel.CreateBounded<ReceivedFrame>(Capacity);
        return (
            new MemoryTransport(down, up, cut, frame => Pass(frame, isUp: true))
            {
                OnReceived = () => Volatile.Write(ref hasBroughtAny, true),
            },
            new MemoryTransport(up, down, cut, frame => Pass(frame, isUp: false)));

        IReadOnlyList<ReceivedFrame> Pass(ReceivedFrame frame, bool isUp) =>
            faults.Pass(frame, isUp, Volatile.Read(ref hasBroughtAny), cut.Cancel);
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> frame, bool isText, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _cut.Token);
        try
        {
            foreach (var each in _pass(new ReceivedFrame(frame.ToArray(), isText)))
            {
                await _outgoing.WriteAsync(each, either.Token);
            }
        }
        catch (OperationCanceledException) when (_cut.IsCancellationRequested)
        {
            throw new IOException("the connection was cut");
        }
    }

    public async ValueTask<ReceivedFrame> ReceiveAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _cut.Token);
        try
        {
            var frame = await _incoming.ReadAsync(either.Token);
            OnReceived();
            return frame;
        }
        catch (OperationCanceledException) when (_cut.IsCancellationRequested)
        {
            throw new IOException("the connection was cut");
        }
    }

    /// <summary>Cuts the connection for both ends; what is on its way is lost.</summary>
    public void Cut() => _cut.Cancel();

    public ValueTask DisposeAsync()
    {
        _cut.Cancel();
        return ValueTask.CompletedTask;
    }
}

/// <summary>What becomes of the frames of all connections of a session. The first frame of a connection is never touched.</summary>
internal sealed class Faults
{
    private readonly object _lock = new();
    private readonly Dictionary<int, ReceivedFrame> _held = [];
    private int _index;
    private bool _isCutDue;

    /// <summary>The number of frames so far, in both directions.</summary>
    public int Count => _index;

    /// <summary>The number of faults so far.</summary>
    public int Done { get; private set; }

    /// <summary>Cuts the connection instead of passing a frame, by its index.</summary>
    public Func<int, bool> Cuts { get; init; } = _ => false;

    /// <summary>
    /// Whether a cut waits until the connection has brought the client a frame: after five in a row that have not, as a busy
    /// machine can make them, the channel gives up.
    /// </summary>
    public bool CutsOnlyWhatWorks { get; init; }

    /// <summary>Loses a frame, by its index.</summary>
    public Func<int, bool> Loses { get; init; } = _ => false;

    /// <summary>Passes a frame twice, by its index.</summary>
    public Func<int, bool> Repeats { get; init; } = _ => false;

    /// <summary>Damages the last byte of a frame, by its index.</summary>
    public Func<int, bool> Damages { get; init; } = _ => false;

    /// <summary>Holds a frame back until the next one of its direction has passed, by its index.</summary>
    public Func<int, bool> Delays { get; init; } = _ => false;

    public IReadOnlyList<ReceivedFrame> Pass(ReceivedFrame frame, bool isUp, bool hasBroughtAny, Action cut)
    {
        lock (_lock)
        {
            if (frame.IsText)
            {
                return [frame];
            }

            var index = _index++;
            var held = _held.Remove(isUp ? 1 : 0, out var before) ? before : (ReceivedFrame?)null;
            List<ReceivedFrame> passed = [frame];
            _isCutDue |= Cuts(index);
            if (_isCutDue && (hasBroughtAny || !CutsOnlyWhatWorks))
            {
                _isCutDue = false;
                Done++;
                cut();
                return [];
            }

            if (Loses(index))
            {
                Done++;
                passed.Clear();
            }
            else if (Repeats(index))
            {
                Done++;
                passed.Add(frame);
            }
            else if (Damages(index))
            {
                Done++;
                var damaged = frame.Data.ToArray();
                damaged[^1] ^= 1;
                passed = [new ReceivedFrame(damaged, IsText: false)];
            }
            else if (Delays(index))
            {
                Done++;
                passed.Clear();
                _held[isUp ? 1 : 0] = frame;
            }

            if (held is { } late)
            {
                passed.Add(late);
            }

            return passed;
        }
    }
}
