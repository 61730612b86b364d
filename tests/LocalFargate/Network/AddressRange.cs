using System.Buffers.Binary;
using System.Net;

namespace LocalFargate.Network;

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
