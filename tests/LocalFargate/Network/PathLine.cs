using System.Net.Sockets;
using LocalFargate.Faults;

namespace LocalFargate.Network;

/// <summary>One direction of a connection to a port of a task, with the faults that happen to its bytes.</summary>
/// <param name="faults">The server's faults.</param>
/// <param name="direction">The direction.</param>
internal sealed class PathLine(FaultSet faults, PathDirection direction)
{
    private readonly HashSet<PathFault> _met = new(ReferenceEqualityComparer.Instance);
    private long _passed;
    private TimeSpan _delay;

    /// <summary>Hands bytes on.</summary>
    /// <param name="data">The bytes, which may be changed.</param>
    /// <param name="send">Sends some of them.</param>
    /// <param name="cancellationToken">Ends the wait for a direction that stalls or is late.</param>
    /// <returns>False when the connection is to be closed in both directions.</returns>
    /// <exception cref="SocketException">The connection is to be reset.</exception>
    internal async Task<bool> PassAsync(
        Memory<byte> data, Func<ReadOnlyMemory<byte>, Task> send, CancellationToken cancellationToken)
    {
        while (NextFault(data.Length) is { } fault)
        {
            var before = (int)(fault.At - _passed);
            await SendAsync(data[..before], send, cancellationToken);
            data = data[before..];
            switch (fault)
            {
                case PathReset:
                    throw new SocketException((int)SocketError.ConnectionReset);
                case PathClosed:
                    return false;
                case PathStalled:
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                    break;
                case PathLate { By: var delay }:
                    _delay = delay;
                    continue;
                case ByteFlipped { Bits: var bits }:
                    data.Span[0] ^= bits;
                    continue;
                case ByteRepeated:
                    await send(data[..1]);
                    continue;
                default:
                    _passed++;
                    data = data[1..];
                    continue;
            }
        }

        await SendAsync(data, send, cancellationToken);
        return true;
    }

    /// <summary>The fault of the earliest byte that is among the next ones. Each has one occasion on a connection.</summary>
    private PathFault? NextFault(int count) => faults.All.OfType<PathFault>()
        .Where(fault => fault.Direction == direction && fault.At >= _passed && fault.At < _passed + count)
        .OrderBy(fault => fault.At)
        .FirstOrDefault(fault => _met.Add(fault) && fault.TryUse());

    private async Task SendAsync(
        ReadOnlyMemory<byte> data, Func<ReadOnlyMemory<byte>, Task> send, CancellationToken cancellationToken)
    {
        if (!data.IsEmpty)
        {
            await Task.Delay(_delay, cancellationToken);
            await send(data);
            _passed += data.Length;
        }
    }
}
