using System.Globalization;
using System.Xml.Linq;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Ec2;

// The rules of security groups.
internal sealed partial class Ec2Client
{
    private const string Tcp = "tcp";

    internal Task AuthorizeSecurityGroupIngressAsync(IngressRule rule, CancellationToken cancellationToken) =>
        CallAsync("AuthorizeSecurityGroupIngress", Described(rule), cancellationToken);

    internal Task UpdateSecurityGroupRuleDescriptionsIngressAsync(IngressRule rule, CancellationToken cancellationToken) =>
        CallAsync("UpdateSecurityGroupRuleDescriptionsIngress", Described(rule), cancellationToken);

    internal Task RevokeSecurityGroupIngressAsync(IngressRule rule, CancellationToken cancellationToken) =>
        CallAsync("RevokeSecurityGroupIngress", Permission(rule), cancellationToken);

    /// <summary>The rules of one group that are for one TCP port. By a filter: a group that is gone has none.</summary>
    internal async Task<Page<IngressRule>> DescribeIngressAsync(
        string securityGroupId, string? nextToken, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(
            "DescribeSecurityGroups", [.. Filter("group-id", [securityGroupId]), .. NextPage(nextToken)], cancellationToken);
        return new(
            [
                .. Items(answer, "securityGroupInfo")
                    .Where(group => Required(group, "groupId", "ec2:DescribeSecurityGroups") == securityGroupId)
                    .SelectMany(group => Items(group, "ipPermissions"))
                    .SelectMany(permission => ToRules(securityGroupId, permission)),
            ],
            Text(answer, "nextToken"));
    }

    private static IEnumerable<IngressRule> ToRules(string securityGroupId, XElement permission)
    {
        if (Text(permission, "ipProtocol") != Tcp
            || Text(permission, "fromPort") is not { } port
            || Text(permission, "toPort") != port
            || !int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return [];
        }

        var ranges = Items(permission, "ipRanges").Select(range => (Cidr: Text(range, "cidrIp"), Range: range))
            .Concat(Items(permission, "ipv6Ranges").Select(range => (Cidr: Text(range, "cidrIpv6"), Range: range)));
        return ranges
            .Where(range => range.Cidr is not null)
            .Select(range => new IngressRule(securityGroupId, range.Cidr!, number, Text(range.Range, "description")));
    }

    private static KeyValuePair<string, string>[] Described(IngressRule rule) =>
        [.. Permission(rule), KeyValuePair.Create($"{Range(rule)}.Description", rule.Description ?? "")];

    private static KeyValuePair<string, string>[] Permission(IngressRule rule)
    {
        var port = rule.Port.ToString(CultureInfo.InvariantCulture);
        return
        [
            new("GroupId", rule.SecurityGroupId),
            new("IpPermissions.1.IpProtocol", Tcp),
            new("IpPermissions.1.FromPort", port),
            new("IpPermissions.1.ToPort", port),
            new($"{Range(rule)}.{(rule.IsIPv6 ? "CidrIpv6" : "CidrIp")}", rule.Cidr),
        ];
    }

    private static string Range(IngressRule rule) => $"IpPermissions.1.{(rule.IsIPv6 ? "Ipv6Ranges" : "IpRanges")}.1";
}
