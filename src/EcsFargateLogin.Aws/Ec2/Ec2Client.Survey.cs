using Amazon.EC2.Model;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Ec2;

// Queries of the doctor about networks.
internal sealed partial class Ec2Client
{
    internal async Task<Page<SubnetDescription>> FindSubnetsAsync(
        IEnumerable<string> subnetIds, string? nextToken, CancellationToken cancellationToken)
    {
        DescribeSubnetsRequest request = new() { Filters = Filter("subnet-id", subnetIds), NextToken = nextToken };
        var reply = await Ec2.DescribeSubnetsAsync(request, cancellationToken);
        return new(
            [.. Each(reply.Subnets).Select(item => ToSubnet(item) with { FreeAddresses = item.AvailableIpAddressCount })],
            reply.NextToken);
    }

    internal async Task<Page<RouteTableDescription>> DescribeRouteTablesAsync(
        string vpcId, string? nextToken, CancellationToken cancellationToken)
    {
        DescribeRouteTablesRequest request = new() { Filters = Filter("vpc-id", [vpcId]), NextToken = nextToken };
        var reply = await Ec2.DescribeRouteTablesAsync(request, cancellationToken);
        return new([.. Each(reply.RouteTables).Select(ToRouteTable)], reply.NextToken);
    }

    internal async Task<Page<SecurityGroupIngress>> FindSecurityGroupsAsync(
        IEnumerable<string> securityGroupIds, string? nextToken, CancellationToken cancellationToken)
    {
        var reply = await DescribeGroupsAsync(securityGroupIds, nextToken, cancellationToken);
        return new(
            [
                .. Each(reply.SecurityGroups).Select(item => new SecurityGroupIngress(
                    Required(item.GroupId, "groupId", "ec2:DescribeSecurityGroups"),
                    Text(item.VpcId),
                    [.. Each(item.IpPermissions).Select(ToPermission)])),
            ],
            reply.NextToken);
    }

    /// <param name="vpcId">The VPC of the endpoints; null for all of the region.</param>
    /// <param name="wantsFips">Whether to return their FIPS hosts.</param>
    /// <param name="nextToken">The token of the page; null for the first.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    internal async Task<Page<InstanceConnectEndpoint>> DescribeInstanceConnectEndpointsAsync(
        string? vpcId, bool wantsFips, string? nextToken, CancellationToken cancellationToken)
    {
        DescribeInstanceConnectEndpointsRequest request = new()
        {
            Filters = vpcId is null ? null : Filter("vpc-id", [vpcId]), NextToken = nextToken,
        };
        var reply = await Ec2.DescribeInstanceConnectEndpointsAsync(request, cancellationToken);
        return new(
            [
                .. Each(reply.InstanceConnectEndpoints)
                    .Where(item => item.State?.Value is not ("delete-in-progress" or "delete-complete"))
                    .Select(item => ToInstanceConnectEndpoint(item, wantsFips)),
            ],
            reply.NextToken);
    }

    private static InstanceConnectEndpoint ToInstanceConnectEndpoint(Ec2InstanceConnectEndpoint item, bool wantsFips) => new()
    {
        Id = Required(item.InstanceConnectEndpointId, "instanceConnectEndpointId", "ec2:DescribeInstanceConnectEndpoints"),
        State = Required(item.State?.Value, "state", "ec2:DescribeInstanceConnectEndpoints"),
        StateMessage = Text(item.StateMessage),
        SubnetId = Text(item.SubnetId),
        VpcId = Text(item.VpcId),
        SecurityGroups = Each(item.SecurityGroupIds),
        PreservesClientAddress = item.PreserveClientIp == true,
        DnsName = Text(wantsFips ? item.FipsDnsName : item.DnsName),
    };

    /// <param name="securityGroupIds">The groups; null for all of the region.</param>
    /// <param name="nextToken">The token of the page; null for the first.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    private Task<DescribeSecurityGroupsResponse> DescribeGroupsAsync(
        IEnumerable<string>? securityGroupIds, string? nextToken, CancellationToken cancellationToken) =>
        Ec2.DescribeSecurityGroupsAsync(
            new DescribeSecurityGroupsRequest
            {
                Filters = securityGroupIds is null ? null : Filter("group-id", securityGroupIds), NextToken = nextToken,
            },
            cancellationToken);

    private static RouteTableDescription ToRouteTable(RouteTable item) => new()
    {
        Id = Required(item.RouteTableId, "routeTableId", "ec2:DescribeRouteTables"),
        IsMain = Each(item.Associations).Any(association => association.Main == true),
        SubnetIds = [.. Each(item.Associations).Select(association => Text(association.SubnetId)).OfType<string>()],
        Routes = [.. Each(item.Routes).Select(ToRoute)],
    };

    private static RouteDescription ToRoute(Route item) => new(
        First(item.DestinationCidrBlock, item.DestinationIpv6CidrBlock, item.DestinationPrefixListId),
        First(
            item.GatewayId, item.NatGatewayId, item.EgressOnlyInternetGatewayId, item.TransitGatewayId,
            item.VpcPeeringConnectionId, item.LocalGatewayId, item.CarrierGatewayId, item.CoreNetworkArn,
            item.NetworkInterfaceId, item.InstanceId),
        Text(item.State?.Value) is null or "active");

    private static AllowedIngress ToPermission(IpPermission item) => new(
        item.IpProtocol ?? "",
        item.FromPort,
        item.ToPort,
        [
            .. Each(item.Ipv4Ranges).Select(range => Text(range.CidrIp)).OfType<string>(),
            .. Each(item.Ipv6Ranges).Select(range => Text(range.CidrIpv6)).OfType<string>(),
            .. Each(item.UserIdGroupPairs).Select(pair => Text(pair.GroupId)).OfType<string>(),
            .. Each(item.PrefixListIds).Select(list => Text(list.Id)).OfType<string>(),
        ]);

    private static string First(params string?[] values) => Array.Find(values, value => !string.IsNullOrEmpty(value)) ?? "";
}
