using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Aws;

/// <summary>The rules of security groups on the wire, by EC2's service model.</summary>
public sealed class IngressTests
{
    private static readonly IngressRule IPv4 = new("sg-1", "198.51.100.7/32", 22, "EcsFargateLogin session 1");
    private static readonly IngressRule IPv6 = IPv4 with { Cidr = "2001:db8::7/128" };

    public static TheoryData<bool> Families => [false, true];

    [Theory]
    [MemberData(nameof(Families))]
    public async Task A_rule_is_added_and_removed_as_the_model_says(bool isIPv6)
    {
        await using var server = await LoopbackServer.StartAsync((request, context) => context.AnswerAsync(
            $"<{request.Form["Action"]}Response><return>true</return></{request.Form["Action"]}Response>", contentType: "text/xml"));
        using var cloud = AwsClouds.At(server);
        var rule = isIPv6 ? IPv6 : IPv4;

        Assert.True(await cloud.AuthorizeIngressAsync(rule, CancellationToken.None));
        await cloud.UpdateIngressDescriptionAsync(rule, CancellationToken.None);
        await cloud.RevokeIngressAsync(rule, CancellationToken.None);

        var range = isIPv6 ? "IpPermissions.1.Ipv6Ranges.1" : "IpPermissions.1.IpRanges.1";
        Dictionary<string, string> revoke = new()
        {
            ["Action"] = "RevokeSecurityGroupIngress",
            ["Version"] = ServiceModel.Ec2.ApiVersion,
            ["GroupId"] = "sg-1",
            ["IpPermissions.1.IpProtocol"] = "tcp",
            ["IpPermissions.1.FromPort"] = "22",
            ["IpPermissions.1.ToPort"] = "22",
            [$"{range}.{(isIPv6 ? "CidrIpv6" : "CidrIp")}"] = rule.Cidr,
        };
        Dictionary<string, string> authorize = new(revoke)
        {
            ["Action"] = "AuthorizeSecurityGroupIngress",
            [$"{range}.Description"] = rule.Description!,
        };
        Dictionary<string, string> describe = new(authorize) { ["Action"] = "UpdateSecurityGroupRuleDescriptionsIngress" };
        Assert.Equal([authorize, describe, revoke], server.Requests.Select(request => new Dictionary<string, string>(request.Form)));
        Assert.All(server.Requests, request => AssertIsOfModel(request.Form));
    }

    [Fact]
    public async Task The_rules_for_one_TCP_port_are_read_and_others_are_not()
    {
        const string Permissions = """
            <item><ipProtocol>tcp</ipProtocol><fromPort>22</fromPort><toPort>22</toPort>
              <ipRanges><item><cidrIp>198.51.100.7/32</cidrIp><description>EcsFargateLogin session 1</description></item>
                <item><cidrIp>203.0.113.0/24</cidrIp></item></ipRanges>
              <ipv6Ranges><item><cidrIpv6>2001:db8::7/128</cidrIpv6><description>EcsFargateLogin session 1</description></item>
              </ipv6Ranges><groups><item><groupId>sg-9</groupId></item></groups><prefixListIds/></item>
            <item><ipProtocol>tcp</ipProtocol><fromPort>1</fromPort><toPort>99</toPort>
              <ipRanges><item><cidrIp>198.51.100.7/32</cidrIp></item></ipRanges></item>
            <item><ipProtocol>-1</ipProtocol><ipRanges><item><cidrIp>198.51.100.7/32</cidrIp></item></ipRanges></item>
            """;
        await using var server = await LoopbackServer.StartAsync((_, context) => context.AnswerAsync(
            "<DescribeSecurityGroupsResponse><securityGroupInfo><item><groupId>sg-1</groupId><ipPermissions>"
                + $"{Permissions}</ipPermissions></item></securityGroupInfo></DescribeSecurityGroupsResponse>",
            contentType: "text/xml"));
        using var cloud = AwsClouds.At(server);

        var rules = await cloud.DescribeIngressAsync("sg-1", CancellationToken.None);

        var rulesOfAll = await cloud.DescribeIngressAsync(securityGroupId: null, CancellationToken.None);

        Assert.Equal([IPv4, IPv4 with { Cidr = "203.0.113.0/24", Description = null }, IPv6], rules);
        Assert.Equal(rules, rulesOfAll);
        Assert.Equal(("group-id", "sg-1"), (server.Requests[0].Form["Filter.1.Name"], server.Requests[0].Form["Filter.1.Value.1"]));
        Assert.DoesNotContain(server.Requests[1].Form, field => field.Key.StartsWith("Filter", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("InvalidPermission.Duplicate")]
    [InlineData("InvalidPermission.NotFound")]
    public async Task What_is_so_already_is_no_error(string code)
    {
        await using var server = await LoopbackServer.StartAsync(
            (_, context) => context.AnswerEc2ErrorAsync(code, "It is so.", 400));
        using var cloud = AwsClouds.At(server);

        if (code == "InvalidPermission.Duplicate")
        {
            Assert.False(await cloud.AuthorizeIngressAsync(IPv4, CancellationToken.None));
        }
        else
        {
            await cloud.RevokeIngressAsync(IPv4, CancellationToken.None);
            await cloud.UpdateIngressDescriptionAsync(IPv4, CancellationToken.None);
        }
    }

    [Theory]
    [InlineData("UnauthorizedOperation", FargateError.AccessDenied, "ec2:AuthorizeSecurityGroupIngress")]
    [InlineData("InvalidGroup.NotFound", FargateError.SecurityGroupNotFound, "sg-1")]
    [InlineData("RulesPerSecurityGroupLimitExceeded", FargateError.RequestRejected, "RulesPerSecurityGroupLimitExceeded")]
    public async Task A_refusal_becomes_the_error_that_it_means(string code, FargateError expected, string part)
    {
        await using var server = await LoopbackServer.StartAsync(
            (_, context) => context.AnswerEc2ErrorAsync(code, "No.", 400));
        using var cloud = AwsClouds.At(server);

        var error = await Assert.ThrowsAsync<FargateException>(() => cloud.AuthorizeIngressAsync(IPv4, CancellationToken.None));

        Assert.Equal(expected, error.Error);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Each field's name, as the query protocol writes it, leads through the model's members.</summary>
    private static void AssertIsOfModel(IReadOnlyDictionary<string, string> form)
    {
        foreach (var name in form.Keys.Except(["Action", "Version"]))
        {
            var shape = ServiceModel.Ec2.Input(form["Action"]);
            foreach (var part in name.Split('.'))
            {
                shape = int.TryParse(part, out _)
                    ? shape.Item.Shape
                    : shape.Members.Single(member => WireName(member.Value.LocationName) == part).Value.Shape;
            }
        }
    }

    private static string WireName(string locationName) => char.ToUpperInvariant(locationName[0]) + locationName[1..];
}
