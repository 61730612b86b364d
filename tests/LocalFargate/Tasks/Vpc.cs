using System.Collections.Concurrent;
using System.Net;
using LocalFargate.Network;

namespace LocalFargate.Tasks;

/// <summary>The network of a server: its subnets and security groups.</summary>
internal sealed class Vpc(string region, AddressBlock addresses)
{
    private readonly ConcurrentDictionary<string, SecurityGroupRules> _rules = [];

    internal string Id { get; } = NewId("vpc");

    internal AddressBlock Addresses { get; } = addresses;

    internal IReadOnlyList<Subnet> Subnets { get; } =
        [.. addresses.Subnets.Select((range, index) => new Subnet(NewId("subnet"), $"{region}{(char)('a' + index)}", range))];

    /// <summary>The ids of the security groups, the default one first.</summary>
    internal IReadOnlyList<string> SecurityGroups { get; } = [NewId("sg"), NewId("sg")];

    /// <summary>The rules of one of the security groups.</summary>
    internal SecurityGroupRules RulesOf(string securityGroup) => _rules.GetOrAdd(securityGroup, _ => new SecurityGroupRules());

    /// <summary>Whether the rules of any of these groups let TCP from there in on that port.</summary>
    internal bool Admits(IEnumerable<string> securityGroups, int port, IngressSource source) =>
        securityGroups.Any(group => RulesOf(group).All.Any(rule => rule.Admits(port, source)));

    /// <summary>Whether an address is a private one of this network.</summary>
    internal bool Contains(IPAddress address) => Subnets.Any(subnet => subnet.Addresses.Contains(AddressRange.ToNumber(address)));

    /// <summary>The id of its internet gateway.</summary>
    internal string InternetGateway { get; } = NewId("igw");

    /// <summary>The default routes of those subnets that have a route table of their own; null for none.</summary>
    internal ConcurrentDictionary<string, string?> DefaultRoutes { get; } = [];

    internal void SetDefaultRoute(string subnet, string? target) => DefaultRoutes[subnet] = target;

    internal Subnet? FindSubnet(string id) => Subnets.FirstOrDefault(subnet => subnet.Id == id);

    private static string NewId(string kind) => $"{kind}-0{Guid.NewGuid():N}"[..(kind.Length + 18)];
}
