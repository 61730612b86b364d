using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using LocalFargate.Tasks;

namespace LocalFargate.InstanceConnect;

/// <summary>The EC2 Instance Connect Endpoints of a server.</summary>
/// <param name="vpc">The server's network.</param>
/// <param name="authority">Tells the server's address and port.</param>
internal sealed class InstanceConnectEndpoints(Vpc vpc, Func<string> authority)
{
    private readonly ConcurrentDictionary<string, InstanceConnectEndpoint> _endpoints = [];

    internal IReadOnlyList<InstanceConnectEndpoint> All => [.. _endpoints.Values.OrderBy(endpoint => endpoint.CreatedAt)];

    internal InstanceConnectEndpoint? Find(string id) => _endpoints.GetValueOrDefault(id);

    internal string Add(InstanceConnectEndpointOptions options)
    {
        var subnet = options.SubnetId is null ? vpc.Subnets[0]
            : vpc.FindSubnet(options.SubnetId) ?? throw new ArgumentException($"There is no subnet {options.SubnetId}.", nameof(options));
        var endpoint = new InstanceConnectEndpoint($"eice-0{Guid.NewGuid():N}"[..22], subnet, options, authority)
        {
            VpcId = options.VpcId ?? vpc.Id,
            SecurityGroups = options.SecurityGroups.Count > 0 ? options.SecurityGroups : [vpc.SecurityGroups[0]],
            Address = vpc.Addresses.Take(subnet.Addresses),
        };
        _endpoints[endpoint.Id] = endpoint;
        return endpoint.Id;
    }

    internal void Remove(string id)
    {
        if (_endpoints.TryRemove(id, out var endpoint))
        {
            vpc.Addresses.Release(endpoint.Address);
        }
    }
}

/// <summary>An EC2 Instance Connect Endpoint.</summary>
internal sealed class InstanceConnectEndpoint(string id, Subnet subnet, InstanceConnectEndpointOptions options, Func<string> authority)
{
    internal string Id { get; } = id;

    internal InstanceConnectEndpointOptions Options { get; } = options;

    internal DateTimeOffset CreatedAt { get; } = DateTimeOffset.UtcNow;

    internal required string VpcId { get; init; }

    internal required IReadOnlyList<string> SecurityGroups { get; init; }

    /// <summary>The address of its network interface.</summary>
    internal required IPAddress Address { get; init; }

    /// <summary>Whether tunnels can be opened.</summary>
    internal bool IsComplete => Options.State is "create-complete" or "update-in-progress" or "update-complete" or "update-failed";

    internal JsonObject Describe(string accountId)
    {
        var dnsName = Options.DnsName ?? authority();
        var description = new JsonObject
        {
            ["OwnerId"] = accountId,
            ["InstanceConnectEndpointId"] = Id,
            ["InstanceConnectEndpointArn"] = $"arn:aws:ec2:{subnet.AvailabilityZone[..^1]}:{accountId}:instance-connect-endpoint/{Id}",
            ["State"] = Options.State,
            ["StateMessage"] = Options.StateMessage ?? "",
            ["DnsName"] = dnsName,
            ["NetworkInterfaceIds"] = new JsonArray($"eni-0{Id[^16..]}"),
            [nameof(VpcId)] = VpcId,
            ["AvailabilityZone"] = subnet.AvailabilityZone,
            [nameof(CreatedAt)] = TaskDescriber.EpochSeconds(CreatedAt),
            ["SubnetId"] = subnet.Id,
            ["PreserveClientIp"] = Options.PreserveClientIp,
            ["SecurityGroupIds"] = TaskDefinitionOptions.Strings(SecurityGroups),
            ["IpAddressType"] = "ipv4",
            ["Tags"] = new JsonArray(),
        };
        if (Options.HasFipsDnsName)
        {
            description["FipsDnsName"] = dnsName;
        }

        return description;
    }
}
