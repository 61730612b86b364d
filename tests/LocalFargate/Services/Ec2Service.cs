using System.Globalization;
using System.Text.Json.Nodes;
using LocalFargate.InstanceConnect;
using LocalFargate.Protocol;
using LocalFargate.Tasks;

namespace LocalFargate.Services;

/// <summary>The operations of Amazon EC2 that a task's network needs.</summary>
internal sealed class Ec2Service(
    Vpc vpc, TaskRegistry tasks, InstanceConnectEndpoints endpoints, string accountId, string arnPrefix) : IAwsService
{
    private readonly IngressOperations _ingress = new(vpc, accountId);
    private readonly RouteTables _routeTables = new(vpc, accountId);

    public ServiceModel Model { get; } = ServiceModel.Load("ec2-2016-11-15");

    public JsonObject? Perform(string operation, JsonObject parameters) => operation switch
    {
        "DescribeNetworkInterfaces" => DescribeNetworkInterfaces(parameters),
        "DescribeSubnets" => DescribeSubnets(parameters),
        "DescribeSecurityGroups" => DescribeSecurityGroups(parameters),
        "DescribeRouteTables" => new JsonObject
        {
            ["RouteTables"] = Filter(parameters, _routeTables.Describe(), new() { ["vpc-id"] = item => item["VpcId"] }),
        },
        "DescribeInstanceConnectEndpoints" => DescribeInstanceConnectEndpoints(parameters),
        "AuthorizeSecurityGroupIngress" => _ingress.Authorize(parameters),
        "RevokeSecurityGroupIngress" => _ingress.Revoke(parameters),
        "UpdateSecurityGroupRuleDescriptionsIngress" => _ingress.UpdateDescriptions(parameters),
        _ => null,
    };

    private JsonObject DescribeNetworkInterfaces(JsonObject parameters)
    {
        var ids = ContainerDefinition.Strings(parameters["NetworkInterfaceIds"]);
        foreach (var id in ids.Where(id => !id.StartsWith("eni-", StringComparison.Ordinal)))
        {
            throw new AwsException("InvalidNetworkInterfaceID.Malformed", $"Invalid id: \"{id}\" (expecting \"eni-...\")");
        }

        var found = ids.Count == 0
            ? tasks.All.Where(task => task.State.IsAttached)
            : ids.Select(id => tasks.FindByNetworkInterface(id) ?? throw new AwsException(
                "InvalidNetworkInterfaceID.NotFound", $"The networkInterface ID '{id}' does not exist"));
        return new JsonObject
        {
            ["NetworkInterfaces"] = Filter(parameters, found.Select(DescribeNetworkInterface), new()
            {
                ["network-interface-id"] = item => item["NetworkInterfaceId"],
                ["subnet-id"] = item => item["SubnetId"],
                ["vpc-id"] = item => item["VpcId"],
                ["status"] = item => item["Status"],
                ["private-ip-address"] = item => item["PrivateIpAddress"],
                ["addresses.private-ip-address"] = item => item["PrivateIpAddress"],
                ["association.public-ip"] = item => item["Association"]?["PublicIp"],
            }),
        };
    }

    private JsonObject DescribeNetworkInterface(FargateTask task)
    {
        var networkInterface = task.NetworkInterface;
        var privateAddress = networkInterface.PrivateAddress.ToString();
        var description = new JsonObject
        {
            ["AvailabilityZone"] = networkInterface.Subnet.AvailabilityZone,
            ["Description"] = $"{arnPrefix}:attachment/{networkInterface.AttachmentId}",
            ["Groups"] = new JsonArray([.. networkInterface.SecurityGroups.Select(id =>
                new JsonObject { ["GroupId"] = id, ["GroupName"] = GroupName(id) })]),
            ["InterfaceType"] = "interface",
            ["Ipv6Addresses"] = new JsonArray(),
            ["MacAddress"] = networkInterface.MacAddress,
            ["NetworkInterfaceId"] = networkInterface.Id,
            ["OwnerId"] = accountId,
            ["PrivateDnsName"] = networkInterface.PrivateDnsName,
            ["PrivateIpAddress"] = privateAddress,
            ["RequesterManaged"] = true,
            ["SourceDestCheck"] = true,
            ["Status"] = "in-use",
            ["SubnetId"] = networkInterface.Subnet.Id,
            ["TagSet"] = new JsonArray(),
            ["VpcId"] = vpc.Id,
        };
        var address = new JsonObject
        {
            ["Primary"] = true,
            ["PrivateDnsName"] = networkInterface.PrivateDnsName,
            ["PrivateIpAddress"] = privateAddress,
        };
        if (task.State.HasPublicAddress)
        {
            var association = new JsonObject
            {
                ["IpOwnerId"] = "amazon",
                ["PublicDnsName"] = "",
                ["PublicIp"] = networkInterface.PublicAddress!.ToString(),
            };
            description["Association"] = association;
            address["Association"] = association.DeepClone();
        }

        description["PrivateIpAddresses"] = new JsonArray(address);
        return description;
    }

    private JsonObject DescribeSubnets(JsonObject parameters)
    {
        var ids = ContainerDefinition.Strings(parameters["SubnetIds"]);
        var found = ids.Count == 0 ? vpc.Subnets : ids.Select(id => vpc.FindSubnet(id) ?? throw new AwsException(
            "InvalidSubnetID.NotFound", $"The subnet ID '{id}' does not exist"));
        return new JsonObject
        {
            ["Subnets"] = Filter(parameters, found.Select(subnet => new JsonObject
            {
                ["SubnetId"] = subnet.Id,
                ["State"] = "available",
                ["VpcId"] = vpc.Id,
                ["CidrBlock"] = subnet.Addresses.ToString(),
                ["AvailableIpAddressCount"] = vpc.Addresses.CountFree(subnet.Addresses),
                ["AvailabilityZone"] = subnet.AvailabilityZone,
                ["DefaultForAz"] = true,
                ["MapPublicIpOnLaunch"] = true,
                ["OwnerId"] = accountId,
                ["Tags"] = new JsonArray(new JsonObject { ["Key"] = "Name", ["Value"] = subnet.Name }),
            }), new()
            {
                ["subnet-id"] = item => item["SubnetId"],
                ["vpc-id"] = item => item["VpcId"],
                ["availability-zone"] = item => item["AvailabilityZone"],
                ["default-for-az"] = item => item["DefaultForAz"],
                ["state"] = item => item["State"],
            }),
        };
    }

    private JsonObject DescribeSecurityGroups(JsonObject parameters)
    {
        var ids = ContainerDefinition.Strings(parameters["GroupIds"]);
        if (ids.FirstOrDefault(id => !vpc.SecurityGroups.Contains(id)) is { } unknown)
        {
            throw new AwsException("InvalidGroup.NotFound", $"The security group '{unknown}' does not exist");
        }

        return new JsonObject
        {
            ["SecurityGroups"] = Filter(parameters, (ids.Count == 0 ? vpc.SecurityGroups : ids).Select(id => new JsonObject
            {
                ["GroupId"] = id,
                ["GroupName"] = GroupName(id),
                ["Description"] = $"{GroupName(id)} security group",
                ["VpcId"] = vpc.Id,
                ["OwnerId"] = accountId,
                ["IpPermissions"] = _ingress.Permissions(id),
                ["IpPermissionsEgress"] = IngressOperations.EgressPermissions(),
                ["Tags"] = new JsonArray(),
            }), new()
            {
                ["group-id"] = item => item["GroupId"],
                ["group-name"] = item => item["GroupName"],
                ["vpc-id"] = item => item["VpcId"],
            }),
        };
    }

    private JsonObject DescribeInstanceConnectEndpoints(JsonObject parameters)
    {
        var ids = ContainerDefinition.Strings(parameters["InstanceConnectEndpointIds"]);
        var found = ids.Count == 0 ? endpoints.All : ids.Select(id => endpoints.Find(id) ?? throw new AwsException(
            "InvalidInstanceConnectEndpointId.NotFound", $"The Instance Connect Endpoint ID '{id}' does not exist"));
        return new JsonObject
        {
            ["InstanceConnectEndpoints"] = Filter(parameters, found.Select(endpoint => endpoint.Describe(accountId)), new()
            {
                ["instance-connect-endpoint-id"] = item => item["InstanceConnectEndpointId"],
                ["state"] = item => item["State"],
                ["subnet-id"] = item => item["SubnetId"],
                ["vpc-id"] = item => item["VpcId"],
            }),
        };
    }

    private string GroupName(string id) =>
        id == vpc.SecurityGroups[0] ? "default" : $"local-{vpc.SecurityGroups.ToList().IndexOf(id).ToString(CultureInfo.InvariantCulture)}";

    private static JsonArray Filter(
        JsonObject parameters, IEnumerable<JsonObject> items, Dictionary<string, Func<JsonObject, JsonNode?>> filters)
    {
        foreach (var filter in parameters["Filters"]?.AsArray() ?? [])
        {
            var name = (string?)filter!["Name"] ?? "";
            var values = ContainerDefinition.Strings(filter["Values"]);
            var select = filters.GetValueOrDefault(name)
                ?? throw new AwsException("InvalidParameterValue", $"The filter '{name}' is invalid");
            items = items.Where(item => select(item) is { } value && values.Contains(value.ToString()));
        }

        return new JsonArray([.. items]);
    }
}
