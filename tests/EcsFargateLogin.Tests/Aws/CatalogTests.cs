using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Aws;

/// <summary>The lists of an account's clusters, services and so on: requests and replies by the service models.</summary>
public sealed class CatalogTests
{
    public static TheoryData<string, string> Lists => new()
    {
        { "ListClusters", "clusterArns" },
        { "ListServices", "serviceArns" },
        { "ListTaskDefinitionFamilies", "families" },
        { "ListTaskDefinitions", "taskDefinitionArns" },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task A_list_of_ECS_is_asked_for_by_its_model_and_read_to_its_last_page(string operation, string member)
    {
        await using var server = await LoopbackServer.StartAsync((request, context) =>
        {
            var isLast = request.Json.TryGetProperty("nextToken", out _);
            var sample = new ModelSample { Instead = { ["nextToken"] = isLast ? "" : "2" } };
            return context.AnswerAsync(sample.Json(ServiceModel.Ecs.Output(operation))!.ToJsonString());
        });
        using var cloud = AwsClouds.At(server);
        var items = await ListAsync(cloud, operation);

        string[] page = [$"{member}[0]", $"{member}[1]"];
        Assert.Equal([.. page, .. page], items);
        Assert.Equal(2, server.Requests.Count);
        Assert.All(server.Requests, request =>
        {
            Assert.Equal($"{ServiceModel.Ecs.TargetPrefix}.{operation}", request.Target);
            Assert.Empty(ServiceModel.Ecs.Input(operation).Problems(request.Json, operation));
        });
    }

    [Fact]
    public async Task Only_active_task_definitions_are_asked_for_and_the_newest_first()
    {
        await using var server = await LoopbackServer.StartAsync("{}");
        using var cloud = AwsClouds.At(server);
        Assert.Empty(await cloud.Catalog.ListTaskDefinitionFamiliesAsync(CancellationToken.None));
        Assert.Empty(await cloud.Catalog.ListTaskDefinitionsAsync("rails-cli", CancellationToken.None));

        Assert.Equal(
            ["""{"status":"ACTIVE"}""", """{"familyPrefix":"rails-cli","status":"ACTIVE","sort":"DESC"}"""],
            server.Requests.Select(request => request.Body));
    }

    [Fact]
    public async Task Subnets_are_asked_for_and_read_by_their_model()
    {
        await using var server = await Ec2Async("DescribeSubnets", new()
        {
            ["subnetSet[0].tagSet[1].key"] = "Name",
            ["subnetSet[1].tagSet[1].key"] = "name",
        });
        using var cloud = AwsClouds.At(server);
        var subnets = await cloud.Catalog.DescribeSubnetsAsync(CancellationToken.None);

        Assert.Equal(4, subnets.Count);
        Assert.Equal(
            new SubnetDescription
            {
                Id = "subnetSet[0].subnetId",
                Name = "subnetSet[0].tagSet[1].value",
                CidrBlock = "subnetSet[0].cidrBlock",
                AvailabilityZone = "subnetSet[0].availabilityZone",
                VpcId = "subnetSet[0].vpcId",
            },
            subnets[0]);
        Assert.Null(subnets[1].Name);
        AssertPagesAreAskedFor(server, "DescribeSubnets");
    }

    [Fact]
    public async Task Security_groups_are_asked_for_and_read_by_their_model()
    {
        await using var server = await Ec2Async("DescribeSecurityGroups", []);
        using var cloud = AwsClouds.At(server);
        var groups = await cloud.Catalog.DescribeSecurityGroupsAsync(CancellationToken.None);

        Assert.Equal(4, groups.Count);
        Assert.Equal(
            new SecurityGroupDescription
            {
                Id = "securityGroupInfo[0].groupId",
                Name = "securityGroupInfo[0].groupName",
                Description = "securityGroupInfo[0].groupDescription",
                VpcId = "securityGroupInfo[0].vpcId",
            },
            groups[0]);
        AssertPagesAreAskedFor(server, "DescribeSecurityGroups");
    }

    [Fact]
    public async Task Instance_Connect_endpoints_are_asked_for_and_read_by_their_model()
    {
        await using var server = await Ec2Async("DescribeInstanceConnectEndpoints", []);
        using var cloud = AwsClouds.At(server);
        var endpoints = await cloud.Catalog.DescribeInstanceConnectEndpointsAsync(CancellationToken.None);

        Assert.Equal(4, endpoints.Count);
        var first = endpoints[0];
        Assert.Equal(
            ("instanceConnectEndpointId", "create-in-progress", "subnetId", "vpcId", "dnsName"),
            (Last(first.Id), Last(first.State), Last(first.SubnetId), Last(first.VpcId), Last(first.DnsName)));
        Assert.Equal(2, first.SecurityGroups.Count);
        Assert.True(first.PreservesClientAddress);
        Assert.DoesNotContain("Filter.1.Name", server.Requests[0].Form.Keys);
        AssertPagesAreAskedFor(server, "DescribeInstanceConnectEndpoints");

        static string Last(string? path) => path![(path!.LastIndexOf('.') + 1)..];
    }

    [Theory]
    [InlineData("DescribeSubnets", "subnetSet", "lacks subnetId")]
    [InlineData("DescribeSecurityGroups", "securityGroupInfo", "lacks groupId")]
    public async Task An_item_without_its_id_is_an_error(string operation, string set, string problem)
    {
        await using var server = await LoopbackServer.StartAsync((_, context) => context.AnswerAsync(
            $"<{operation}Response><{set}><item/></{set}></{operation}Response>", contentType: "text/xml"));
        using var cloud = AwsClouds.At(server);
        var error = await Assert.ThrowsAsync<FargateException>(() => operation == "DescribeSubnets"
            ? cloud.Catalog.DescribeSubnetsAsync(CancellationToken.None)
            : cloud.Catalog.DescribeSecurityGroupsAsync(CancellationToken.None));
        Assert.Equal(FargateError.ServiceFailed, error.Error);
        Assert.Contains(problem, error.Message);
    }

    [Fact]
    public async Task A_refusal_names_the_action_that_the_policy_lacks()
    {
        await using var server = await LoopbackServer.StartAsync(
            (_, context) => context.AnswerEc2ErrorAsync("UnauthorizedOperation", "You are not authorized.", 403));
        using var cloud = AwsClouds.At(server);
        var error = await Assert.ThrowsAsync<FargateException>(
            () => cloud.Catalog.DescribeSubnetsAsync(CancellationToken.None));
        Assert.Equal(FargateError.AccessDenied, error.Error);
        Assert.Contains("ec2:DescribeSubnets", error.Message);
    }

    private static Task<IReadOnlyList<string>> ListAsync(IFargateCloud cloud, string operation) => operation switch
    {
        "ListClusters" => cloud.Catalog.ListClustersAsync(CancellationToken.None),
        "ListServices" => cloud.Catalog.ListServicesAsync("prod", CancellationToken.None),
        "ListTaskDefinitionFamilies" => cloud.Catalog.ListTaskDefinitionFamiliesAsync(CancellationToken.None),
        _ => cloud.Catalog.ListTaskDefinitionsAsync("rails-cli", CancellationToken.None),
    };

    // Two pages of full answers.
    private static Task<LoopbackServer> Ec2Async(string operation, Dictionary<string, string> instead) =>
        LoopbackServer.StartAsync((request, context) =>
        {
            instead["nextToken"] = request.Form.ContainsKey("NextToken") ? "" : "2";
            var sample = new ModelSample { Instead = instead };
            var answer = sample.Xml(ServiceModel.Ec2.Output(operation), $"{operation}Response").ToString();
            return context.AnswerAsync(answer, contentType: "text/xml;charset=UTF-8");
        });

    private static void AssertPagesAreAskedFor(LoopbackServer server, string operation)
    {
        var token = ServiceModel.Ec2.Input(operation).Members["NextToken"].LocationName;
        Assert.Equal(
            [
                new() { ["Action"] = operation, ["Version"] = ServiceModel.Ec2.ApiVersion },
                new() { ["Action"] = operation, ["Version"] = ServiceModel.Ec2.ApiVersion, [token] = "2" },
            ],
            server.Requests.Select(request => new Dictionary<string, string>(request.Form)));
    }
}
