using System.Globalization;
using System.Xml.Linq;
using Amazon.Runtime;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Ec2;

/// <summary>Amazon EC2. A new operation is one method that writes its parameters and reads its elements.</summary>
internal sealed partial class Ec2Client(AWSCredentials credentials, AwsClientConfig config)
    : QueryClient(credentials, config, "2016-11-15")
{
    internal const string ServiceId = "EC2";
    internal const string SigningName = "ec2";

    internal async Task<IReadOnlyList<NetworkInterfaceDescription>> DescribeNetworkInterfacesAsync(
        IEnumerable<string> networkInterfaceIds, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(
            "DescribeNetworkInterfaces", Filter("network-interface-id", networkInterfaceIds), cancellationToken);
        return [.. Items(answer, "networkInterfaceSet").Select(ToNetworkInterface)];
    }

    internal async Task<Page<SubnetDescription>> DescribeSubnetsAsync(
        string? nextToken, CancellationToken cancellationToken)
    {
        var answer = await CallAsync("DescribeSubnets", NextPage(nextToken), cancellationToken);
        return new([.. Items(answer, "subnetSet").Select(ToSubnet)], Text(answer, "nextToken"));
    }

    internal async Task<Page<SecurityGroupDescription>> DescribeSecurityGroupsAsync(
        string? nextToken, CancellationToken cancellationToken)
    {
        var answer = await CallAsync("DescribeSecurityGroups", NextPage(nextToken), cancellationToken);
        return new([.. Items(answer, "securityGroupInfo").Select(ToSecurityGroup)], Text(answer, "nextToken"));
    }

    private static NetworkInterfaceDescription ToNetworkInterface(XElement item) => new()
    {
        Id = Required(item, "networkInterfaceId", "ec2:DescribeNetworkInterfaces"),
        PublicIPv4Address = Child(item, "association") is { } association ? Text(association, "publicIp") : null,
        PrivateIPv4Address = Text(item, "privateIpAddress"),
        IPv6Addresses = [.. Items(item, "ipv6AddressesSet").Select(each => Text(each, "ipv6Address")).OfType<string>()],
        SubnetId = Text(item, "subnetId"),
    };

    private static SubnetDescription ToSubnet(XElement item) => new()
    {
        Id = Required(item, "subnetId", "ec2:DescribeSubnets"),
        Name = Items(item, "tagSet").Where(tag => Text(tag, "key") == "Name").Select(tag => Text(tag, "value")).FirstOrDefault(),
        CidrBlock = Text(item, "cidrBlock"),
        AvailabilityZone = Text(item, "availabilityZone"),
        VpcId = Text(item, "vpcId"),
    };

    private static SecurityGroupDescription ToSecurityGroup(XElement item) => new()
    {
        Id = Required(item, "groupId", "ec2:DescribeSecurityGroups"),
        Name = Text(item, "groupName"),
        Description = Text(item, "groupDescription"),
        VpcId = Text(item, "vpcId"),
    };

    private static IEnumerable<KeyValuePair<string, string>> NextPage(string? nextToken) =>
        nextToken is null ? [] : [KeyValuePair.Create("NextToken", nextToken)];

    private static string Required(XElement item, string name, string operation) =>
        Text(item, name) ?? throw FargateErrors.MalformedAnswer(operation, $"lacks {name}");

    /// <summary>A filter: unlike a list of ids, it makes no error of an id that does not exist.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Filter(string name, IEnumerable<string> values) =>
    [
        KeyValuePair.Create("Filter.1.Name", name),
        .. values.Select((value, index) => KeyValuePair.Create(
            string.Create(CultureInfo.InvariantCulture, $"Filter.1.Value.{index + 1}"), value)),
    ];

    private static IEnumerable<XElement> Items(XElement parent, string set) =>
        Child(parent, set)?.Elements().Where(element => element.Name.LocalName == "item") ?? [];
}
