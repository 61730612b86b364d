using System.Globalization;
using System.Xml.Linq;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Ec2;

// What a network is like.
internal sealed partial class Ec2Client
{
    internal async Task<Page<SubnetDescription>> FindSubnetsAsync(
        IEnumerable<string> subnetIds, string? nextToken, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(
            "DescribeSubnets", [.. Filter("subnet-id", subnetIds), .. NextPage(nextToken)], cancellationToken);
        return new(
            [
                .. Items(answer, "subnetSet").Select(item => ToSubnet(item) with
                {
                    FreeAddresses = Number(item, "availableIpAddressCount"),
                }),
            ],
            Text(answer, "nextToken"));
    }

    internal async Task<Page<RouteTableDescription>> DescribeRouteTablesAsync(
        string vpcId, string? nextToken, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(
            "DescribeRouteTables", [.. Filter("vpc-id", [vpcId]), .. NextPage(nextToken)], cancellationToken);
        return new([.. Items(answer, "routeTableSet").Select(ToRouteTable)], Text(answer, "nextToken"));
    }

    internal async Task<Page<SecurityGroupIngress>> FindSecurityGroupsAsync(
        IEnumerable<string> securityGroupIds, string? nextToken, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(
            "DescribeSecurityGroups", [.. Filter("group-id", securityGroupIds), .. NextPage(nextToken)], cancellationToken);
        return new(
            [
                .. Items(answer, "securityGroupInfo").Select(item => new SecurityGroupIngress(
                    Required(item, "groupId", "ec2:DescribeSecurityGroups"),
                    Text(item, "vpcId"),
                    [.. Items(item, "ipPermissions").Select(ToPermission)])),
            ],
            Text(answer, "nextToken"));
    }

    private static RouteTableDescription ToRouteTable(XElement item) => new()
    {
        Id = Required(item, "routeTableId", "ec2:DescribeRouteTables"),
        IsMain = Items(item, "associationSet").Any(association => Text(association, "main") == "true"),
        SubnetIds = [.. Items(item, "associationSet").Select(association => Text(association, "subnetId")).OfType<string>()],
        Routes = [.. Items(item, "routeSet").Select(ToRoute)],
    };

    private static RouteDescription ToRoute(XElement item) => new(
        First(item, "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"),
        First(
            item, "gatewayId", "natGatewayId", "egressOnlyInternetGatewayId", "transitGatewayId", "vpcPeeringConnectionId",
            "localGatewayId", "carrierGatewayId", "coreNetworkArn", "networkInterfaceId", "instanceId"),
        Text(item, "state") is null or "active");

    private static AllowedIngress ToPermission(XElement item) => new(
        Text(item, "ipProtocol") ?? "",
        Number(item, "fromPort"),
        Number(item, "toPort"),
        [
            .. Sources(item, "ipRanges", "cidrIp"), .. Sources(item, "ipv6Ranges", "cidrIpv6"),
            .. Sources(item, "groups", "groupId"), .. Sources(item, "prefixListIds", "prefixListId"),
        ]);

    private static IEnumerable<string> Sources(XElement item, string set, string name) =>
        Items(item, set).Select(source => Text(source, name)).OfType<string>();

    private static string First(XElement item, params string[] names) =>
        names.Select(name => Text(item, name)).OfType<string>().FirstOrDefault() ?? "";

    private static int? Number(XElement item, string name) =>
        int.TryParse(Text(item, name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
