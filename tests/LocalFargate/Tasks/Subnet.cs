using LocalFargate.Network;

namespace LocalFargate.Tasks;

/// <summary>A subnet of the server's network.</summary>
internal sealed record Subnet(string Id, string AvailabilityZone, AddressRange Addresses);
