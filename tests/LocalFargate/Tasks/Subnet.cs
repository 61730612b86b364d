using LocalFargate.Network;

namespace LocalFargate.Tasks;

/// <summary>A subnet of the server's network.</summary>
internal sealed record Subnet(string Id, string AvailabilityZone, AddressRange Addresses)
{
    /// <summary>The value of its tag Name.</summary>
    internal string Name => $"local-{AvailabilityZone[^1]}";
}
