using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace LocalFargate.Network;

/// <summary>
/// A /20 block of 127.0.0.0/8 that is this server's alone, also among other servers on this machine. It holds two
/// subnets (/22 each) and the addresses that stand for public ones.
/// </summary>
internal sealed class AddressBlock : IDisposable
{
    /// <summary>Whoever holds this UDP port on a block's second address holds the block.</summary>
    private const int ReservationPort = 47119;

    // As in a VPC, the first four addresses of a subnet are not given out.
    private const int FirstOffset = 4;

    private readonly Socket _reservation;
    private readonly uint _base;
    private readonly HashSet<uint> _taken = [];
    private readonly Lock _lock = new();
    private uint _next;

    private AddressBlock(Socket reservation, uint firstAddress)
    {
        _reservation = reservation;
        _base = firstAddress;
        Subnets = [new AddressRange(_base, 22), new AddressRange(_base + 1024, 22)];
        Public = new AddressRange(_base + 2048, 21);
    }

    internal IReadOnlyList<AddressRange> Subnets { get; }

    internal AddressRange Public { get; }

    internal AddressRange Whole => new(_base, 20);

    /// <exception cref="IOException">No block is free.</exception>
    internal static AddressBlock Reserve()
    {
        for (var attempt = 0; attempt < 256; attempt++)
        {
            var first = (127u << 24) | ((uint)Random.Shared.Next(1, 255) << 16) | ((uint)Random.Shared.Next(16) << 12);
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                socket.Bind(new IPEndPoint(AddressRange.ToAddress(first + 1), ReservationPort));
                return new AddressBlock(socket, first);
            }
            catch (SocketException)
            {
                socket.Dispose();
            }
        }

        throw new IOException("No block of addresses in 127.0.0.0/8 is free. Is 127.0.0.0/8 on the loopback interface?");
    }

    /// <summary>Takes an address out of the range until it is released.</summary>
    /// <exception cref="InvalidOperationException">All are in use.</exception>
    internal IPAddress Take(AddressRange range)
    {
        lock (_lock)
        {
            for (uint tried = 0; tried < range.Size; tried++)
            {
                // One after the other, so that an address is not used again soon after its task is gone.
                var candidate = range.First + FirstOffset + (_next++ % (range.Size - FirstOffset - 1));
                if (_taken.Add(candidate))
                {
                    return AddressRange.ToAddress(candidate);
                }
            }
        }

        throw new InvalidOperationException($"All addresses of {range} are in use.");
    }

    internal void Release(IPAddress address)
    {
        lock (_lock)
        {
            _taken.Remove(AddressRange.ToNumber(address));
        }
    }

    internal int CountFree(AddressRange range)
    {
        lock (_lock)
        {
            return (int)range.Size - FirstOffset - 1 - _taken.Count(address => range.Contains(address));
        }
    }

    public void Dispose() => _reservation.Dispose();
}

/// <summary>A range of IPv4 addresses, as CIDR notation writes it.</summary>
internal readonly record struct AddressRange(uint First, int PrefixLength)
{
    internal uint Size => 1u << (32 - PrefixLength);

    internal bool Contains(uint address) => address - First < Size;

    internal static IPAddress ToAddress(uint number)
    {
        Span<byte> octets = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, number);
        return new IPAddress(octets);
    }

    internal static uint ToNumber(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    public override string ToString() => $"{ToAddress(First)}/{PrefixLength}";
}
