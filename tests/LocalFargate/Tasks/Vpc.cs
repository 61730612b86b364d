using LocalFargate.Network;

namespace LocalFargate.Tasks;

/// <summary>The network of a server: its subnets and security groups.</summary>
internal sealed class Vpc(string region, AddressBlock addresses)
{
    internal string Id { get; } = NewId("vpc");

    internal AddressBlock Addresses { get; } = addresses;

    internal IReadOnlyList<Subnet> Subnets { get; } =
        [.. addresses.Subnets.Select((range, index) => new Subnet(NewId("subnet"), $"{region}{(char)('a' + index)}", range))];

    /// <summary>The ids of the security groups, the default one first.</summary>
    internal IReadOnlyList<string> SecurityGroups { get; } = [NewId("sg"), NewId("sg")];

    internal Subnet? FindSubnet(string id) => Subnets.FirstOrDefault(subnet => subnet.Id == id);

    private static string NewId(string kind) => $"{kind}-0{Guid.NewGuid():N}"[..(kind.Length + 18)];
}
