using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LocalFargate.Protocol;
using LocalFargate.Tasks;

namespace LocalFargate.Services;

/// <summary>The operations of Amazon EC2 on the rules of security groups.</summary>
internal sealed partial class IngressOperations(Vpc vpc, string accountId)
{
    internal JsonObject Authorize(JsonObject parameters)
    {
        var group = GroupOf(parameters);
        var added = new JsonArray();
        foreach (var rule in Read(parameters))
        {
            if (!vpc.RulesOf(group).TryAdd(rule))
            {
                throw new AwsException(
                    "InvalidPermission.Duplicate",
                    $"the specified rule \"peer: {rule.Source}, {rule.Protocol.ToUpperInvariant()}, from port: {rule.FromPort}, "
                    + $"to port: {rule.ToPort}, ALLOW\" already exists");
            }

            added.Add(Describe(group, rule));
        }

        return new JsonObject { ["Return"] = true, ["SecurityGroupRules"] = added };
    }

    internal JsonObject Revoke(JsonObject parameters) => ForEach(parameters, (rules, rule) => rules.Remove(rule));

    internal JsonObject UpdateDescriptions(JsonObject parameters) => ForEach(parameters, (rules, rule) => rules.Describe(rule));

    private JsonObject ForEach(JsonObject parameters, Func<SecurityGroupRules, SecurityGroupRule, bool> change)
    {
        var group = GroupOf(parameters);
        foreach (var rule in Read(parameters))
        {
            if (!change(vpc.RulesOf(group), rule))
            {
                throw new AwsException(
                    "InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
            }
        }

        return new JsonObject { ["Return"] = true };
    }

    /// <summary>The rules of a group, as DescribeSecurityGroups shows them: those for the same ports together.</summary>
    internal JsonArray Permissions(string group) => new(
        [.. vpc.RulesOf(group).All.GroupBy(rule => (rule.Protocol, rule.FromPort, rule.ToPort)).Select(rules => new JsonObject
        {
            ["IpProtocol"] = rules.Key.Protocol,
            ["FromPort"] = rules.Key.FromPort,
            ["ToPort"] = rules.Key.ToPort,
            ["IpRanges"] = Sources(rules.Where(rule => !rule.IsIPv6 && !rule.IsGroup), "CidrIp"),
            ["Ipv6Ranges"] = Sources(rules.Where(rule => rule.IsIPv6), "CidrIpv6"),
            ["UserIdGroupPairs"] = Sources(rules.Where(rule => rule.IsGroup), "GroupId"),
            ["PrefixListIds"] = new JsonArray(),
        })]);

    /// <summary>The rules of egress, which every group has: to everywhere.</summary>
    internal static JsonArray EgressPermissions() => new(new JsonObject
    {
        ["IpProtocol"] = "-1",
        ["IpRanges"] = new JsonArray(new JsonObject { ["CidrIp"] = "0.0.0.0/0" }),
        ["Ipv6Ranges"] = new JsonArray(),
        ["UserIdGroupPairs"] = new JsonArray(),
        ["PrefixListIds"] = new JsonArray(),
    });

    private static JsonArray Sources(IEnumerable<SecurityGroupRule> rules, string name) => new(
        [.. rules.Select(rule => rule.Description is null
            ? new JsonObject { [name] = rule.Source }
            : new JsonObject { [name] = rule.Source, ["Description"] = rule.Description })]);

    private string GroupOf(JsonObject parameters)
    {
        var group = (string?)parameters["GroupId"]
            ?? throw new AwsException("MissingParameter", "The request must contain the parameter groupName or groupId");
        return vpc.SecurityGroups.Contains(group)
            ? group
            : throw new AwsException("InvalidGroup.NotFound", $"The security group '{group}' does not exist");
    }

    private IEnumerable<SecurityGroupRule> Read(JsonObject parameters)
    {
        var permissions = parameters["IpPermissions"]?.AsArray()
            ?? throw new AwsException("MissingParameter", "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.");
        return
        [
            .. from permission in permissions.OfType<JsonObject>()
               from source in (IEnumerable<(string Value, string? Description)>)
               [
                   .. SourcesOf(permission, "IpRanges", "CidrIp").Select(range => (Checked(range.Value), range.Description)),
                   .. SourcesOf(permission, "Ipv6Ranges", "CidrIpv6").Select(range => (Checked(range.Value), range.Description)),
                   .. SourcesOf(permission, "UserIdGroupPairs", "GroupId").Select(pair => (CheckedGroup(pair.Value), pair.Description)),
               ]
               select new SecurityGroupRule(
                   (string?)permission["IpProtocol"] ?? "-1",
                   (long?)permission["FromPort"],
                   (long?)permission["ToPort"],
                   source.Value,
                   source.Description),
        ];
    }

    private static IEnumerable<(string? Value, string? Description)> SourcesOf(JsonObject permission, string list, string name) =>
        (permission[list]?.AsArray() ?? []).OfType<JsonObject>()
            .Select(source => ((string?)source[name], CheckedDescription((string?)source["Description"])));

    private string CheckedGroup(string? group) => vpc.SecurityGroups.Contains(group)
        ? group!
        : throw new AwsException("InvalidGroup.NotFound", $"The security group '{group}' does not exist");

    private static string Checked(string? cidr) => IPNetwork.TryParse(cidr, out _)
        ? cidr!
        : throw new AwsException("InvalidParameterValue", $"CIDR block {cidr} is malformed");

    private static string? CheckedDescription(string? description) => description is null || DescriptionText().IsMatch(description)
        ? description
        : throw new AwsException("InvalidParameterValue", "Invalid rule description. Valid descriptions are strings less than 256 "
            + "characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*");

    private JsonObject Describe(string group, SecurityGroupRule rule)
    {
        var description = new JsonObject
        {
            ["SecurityGroupRuleId"] = rule.Id,
            ["GroupId"] = group,
            ["GroupOwnerId"] = accountId,
            ["IsEgress"] = false,
            ["IpProtocol"] = rule.Protocol,
            ["FromPort"] = rule.FromPort,
            ["ToPort"] = rule.ToPort,
        };
        if (!rule.IsGroup)
        {
            description[rule.IsIPv6 ? "CidrIpv6" : "CidrIpv4"] = rule.Source;
        }

        if (rule.Description is not null)
        {
            description["Description"] = rule.Description;
        }

        return description;
    }

    [GeneratedRegex(@"^[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}$")]
    private static partial Regex DescriptionText();
}
