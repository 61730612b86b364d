using Amazon.EC2.Model;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Ec2;

// Rules of security groups.
internal sealed partial class Ec2Client
{
    private const string Tcp = "tcp";

    internal Task AuthorizeSecurityGroupIngressAsync(IngressRule rule, CancellationToken cancellationToken) =>
        Ec2.AuthorizeSecurityGroupIngressAsync(
            new AuthorizeSecurityGroupIngressRequest
            {
                GroupId = rule.SecurityGroupId,
                IpPermissions = [ToPermission(rule, rule.Description ?? "")],
            },
            cancellationToken);

    internal Task UpdateSecurityGroupRuleDescriptionsIngressAsync(IngressRule rule, CancellationToken cancellationToken) =>
        Ec2.UpdateSecurityGroupRuleDescriptionsIngressAsync(
            new UpdateSecurityGroupRuleDescriptionsIngressRequest
            {
                GroupId = rule.SecurityGroupId,
                IpPermissions = [ToPermission(rule, rule.Description ?? "")],
            },
            cancellationToken);

    internal Task RevokeSecurityGroupIngressAsync(IngressRule rule, CancellationToken cancellationToken) =>
        Ec2.RevokeSecurityGroupIngressAsync(
            new RevokeSecurityGroupIngressRequest
            {
                GroupId = rule.SecurityGroupId,
                IpPermissions = [ToPermission(rule, description: null)],
            },
            cancellationToken);

    /// <summary>Lists the rules of a group, or of all groups, for single TCP ports; a group that does not exist has none.</summary>
    internal async Task<Page<IngressRule>> DescribeIngressAsync(
        string? securityGroupId, string? nextToken, CancellationToken cancellationToken)
    {
        var reply = await DescribeGroupsAsync(securityGroupId is null ? null : [securityGroupId], nextToken, cancellationToken);
        return new(
            [
                .. from item in Each(reply.SecurityGroups)
                   let id = Required(item.GroupId, "groupId", "ec2:DescribeSecurityGroups")
                   where securityGroupId is null || id == securityGroupId
                   from permission in Each(item.IpPermissions)
                   from rule in ToRules(id, permission)
                   select rule,
            ],
            reply.NextToken);
    }

    private static IEnumerable<IngressRule> ToRules(string securityGroupId, IpPermission permission)
    {
        if (permission is not { IpProtocol: Tcp, FromPort: { } port } || permission.ToPort != port)
        {
            return [];
        }

        var ranges = Each(permission.Ipv4Ranges).Select(range => (Cidr: range.CidrIp, range.Description))
            .Concat(Each(permission.Ipv6Ranges).Select(range => (Cidr: range.CidrIpv6, range.Description)));
        return ranges
            .Where(range => !string.IsNullOrEmpty(range.Cidr))
            .Select(range => new IngressRule(securityGroupId, range.Cidr, port, Text(range.Description)));
    }

    private static IpPermission ToPermission(IngressRule rule, string? description)
    {
        IpPermission permission = new() { IpProtocol = Tcp, FromPort = rule.Port, ToPort = rule.Port };
        if (rule.IsIPv6)
        {
            permission.Ipv6Ranges = [new Ipv6Range { CidrIpv6 = rule.Cidr, Description = description }];
        }
        else
        {
            permission.Ipv4Ranges = [new IpRange { CidrIp = rule.Cidr, Description = description }];
        }

        return permission;
    }
}
