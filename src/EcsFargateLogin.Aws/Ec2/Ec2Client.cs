using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Ec2;

/// <summary>
/// The client of Amazon EC2. A new operation is one method that converts to the SDK's request and from its reply.
/// </summary>
internal sealed partial class Ec2Client(AWSCredentials credentials, ClientSettings settings)
    : SdkClient(settings, () => new Sdk(credentials, settings))
{
    internal const string ServiceId = "EC2";
    internal const string SigningName = "ec2";

    private AmazonEC2Client Ec2 => (AmazonEC2Client)Client;

    internal async Task<IReadOnlyList<NetworkInterfaceDescription>> DescribeNetworkInterfacesAsync(
        IEnumerable<string> networkInterfaceIds, CancellationToken cancellationToken)
    {
        var reply = await Ec2.DescribeNetworkInterfacesAsync(
            new DescribeNetworkInterfacesRequest { Filters = Filter("network-interface-id", networkInterfaceIds) },
            cancellationToken);
        return [.. Each(reply.NetworkInterfaces).Select(ToNetworkInterface)];
    }

    internal async Task<Page<SubnetDescription>> DescribeSubnetsAsync(
        string? nextToken, CancellationToken cancellationToken)
    {
        var reply = await Ec2.DescribeSubnetsAsync(new DescribeSubnetsRequest { NextToken = nextToken }, cancellationToken);
        return new([.. Each(reply.Subnets).Select(ToSubnet)], reply.NextToken);
    }

    internal async Task<Page<SecurityGroupDescription>> DescribeSecurityGroupsAsync(
        string? nextToken, CancellationToken cancellationToken)
    {
        var reply = await Ec2.DescribeSecurityGroupsAsync(
            new DescribeSecurityGroupsRequest { NextToken = nextToken }, cancellationToken);
        return new([.. Each(reply.SecurityGroups).Select(ToSecurityGroup)], reply.NextToken);
    }

    private static NetworkInterfaceDescription ToNetworkInterface(NetworkInterface item) => new()
    {
        Id = Required(item.NetworkInterfaceId, "networkInterfaceId", "ec2:DescribeNetworkInterfaces"),
        PublicIPv4Address = Text(item.Association?.PublicIp),
        PrivateIPv4Address = Text(item.PrivateIpAddress),
        IPv6Addresses = [.. Each(item.Ipv6Addresses).Select(address => Text(address.Ipv6Address)).OfType<string>()],
        SubnetId = Text(item.SubnetId),
    };

    private static SubnetDescription ToSubnet(Subnet item) => new()
    {
        Id = Required(item.SubnetId, "subnetId", "ec2:DescribeSubnets"),
        Name = Text(Each(item.Tags).FirstOrDefault(tag => tag.Key == "Name")?.Value),
        CidrBlock = Text(item.CidrBlock),
        AvailabilityZone = Text(item.AvailabilityZone),
        VpcId = Text(item.VpcId),
    };

    private static SecurityGroupDescription ToSecurityGroup(SecurityGroup item) => new()
    {
        Id = Required(item.GroupId, "groupId", "ec2:DescribeSecurityGroups"),
        Name = Text(item.GroupName),
        Description = Text(item.Description),
        VpcId = Text(item.VpcId),
    };

    private static string Required(string? value, string name, string operation) =>
        Text(value) ?? throw CloudErrors.MalformedReply(operation, $"lacks {name}");

    /// <summary>Creates a filter: unlike a list of ids, it is no error for ids that do not exist.</summary>
    private static List<Filter> Filter(string name, IEnumerable<string> values) => [new(name, [.. values])];

    /// <summary>Returns the items of a reply's list, which is null if it is empty.</summary>
    private static List<T> Each<T>(List<T>? items) => items ?? [];

    private static string? Text(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private sealed class Sdk(AWSCredentials credentials, ClientSettings settings)
        : AmazonEC2Client(credentials, settings.ApplyTo(new Config()))
    {
        protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
        {
            base.CustomizeRuntimePipeline(pipeline);
            CheckReplies(pipeline);
        }
    }

    private sealed class Config : AmazonEC2Config
    {
        public override string UserAgent => ClientSettings.UserAgent;
    }
}
