using System.Text.Json.Nodes;
using LocalFargate;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

public sealed class ProtocolTests
{
    [Theory]
    [InlineData("""{"taskDefinition":"rails-cli","colour":"red"}""", "SerializationException", "colour")]
    [InlineData("""{"taskDefinition":7}""", "SerializationException", "Expected string at 'taskDefinition'")]
    [InlineData("""{"taskDefinition":"rails-cli","count":1.5}""", "SerializationException", "Expected integer at 'count'")]
    [InlineData("""{"taskDefinition":"rails-cli","tags":{}}""", "SerializationException", "Expected list at 'tags'")]
    [InlineData("""{}""", "InvalidParameterException", "Value 'null' at 'taskDefinition'")]
    [InlineData("""{"taskDefinition":"rails-cli","launchType":"MOON"}""", "InvalidParameterException", "enum value set")]
    [InlineData("""{"taskDefinition":"rails-cli","tags":[{"key":"","value":""}]}""", "InvalidParameterException", "tags.1.member.key")]
    [InlineData("""{"taskDefinition":""", "SerializationException", "not JSON")]
    [InlineData("""[]""", "SerializationException", "JSON object")]
    [InlineData("""{"taskDefinition":"a","taskDefinition":"b"}""", "SerializationException", "not JSON")]
    public async Task A_document_that_does_not_fit_the_service_model_is_refused(string body, string error, string words)
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);

        var reply = await client.SendJsonAsync("ecs", "AmazonEC2ContainerServiceV20141113.RunTask", body);

        Assert.Equal((400, error), (reply.Status, reply.Error));
        Assert.Contains(words, reply.Message);
        Assert.True(Guid.TryParse(reply.RequestId, out _));
        Assert.Empty(fargate.Tasks);
    }

    [Theory]
    [InlineData("AmazonEC2ContainerServiceV20141113.FlyToTheMoon")]
    [InlineData("AmazonEC2ContainerServiceV20141113.TagResource")]
    [InlineData("SomethingElse.RunTask")]
    public async Task An_operation_that_it_does_not_have_is_refused(string target)
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);

        var reply = await client.SendJsonAsync("ecs", target, """{"resourceArn":"a","tags":[]}""");

        Assert.Equal("UnknownOperationException", reply.Error);
    }

    [Fact]
    public async Task Parameters_of_the_query_protocol_are_checked_too()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);

        Assert.Equal("UnknownParameter", (await client.Ec2Async("DescribeSubnets", ("Colour", "red"))).Error);
        Assert.Equal("InvalidParameterValue", (await client.Ec2Async("DescribeSubnets", ("DryRun", "perhaps"))).Error);
        Assert.Equal("InvalidAction", (await client.Ec2Async("FlyToTheMoon")).Error);
        Assert.Equal("InvalidSubnetID.NotFound", (await client.Ec2Async("DescribeSubnets", ("SubnetId.1", "subnet-0"))).Error);
    }

    [Fact]
    public async Task Lists_and_filters_of_the_query_protocol_are_understood()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);

        var one = await client.Ec2Async("DescribeSubnets", ("SubnetId.1", fargate.Subnets[1]));
        var filtered = await client.Ec2Async(
            "DescribeSubnets", ("Filter.1.Name", "subnet-id"), ("Filter.1.Value.2", fargate.Subnets[0]), ("Filter.1.Value.1", "x"));

        Assert.Equal(fargate.Subnets[1], one.Value("subnetId"));
        Assert.Equal(fargate.Subnets[0], filtered.Value("subnetId"));
    }

    [Fact]
    public async Task A_network_is_described_with_ids_and_lists_as_EC2_has_them()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);
        await client.Ec2Async(
            "AuthorizeSecurityGroupIngress", ("GroupId", fargate.SecurityGroups[0]), ("IpPermissions.1.IpProtocol", "tcp"),
            ("IpPermissions.1.FromPort", "22"), ("IpPermissions.1.ToPort", "22"), ("IpPermissions.1.IpRanges.1.CidrIp", "10.0.0.1/32"));

        var tables = await client.Ec2Async("DescribeRouteTables");
        var groups = await client.Ec2Async("DescribeSecurityGroups", ("GroupId.1", fargate.SecurityGroups[0]));

        Assert.Matches("^rtb-[0-9a-f]{17}$", tables.Value("routeTableId"));
        Assert.Matches("^rtbassoc-[0-9a-f]{17}$", tables.Value("routeTableAssociationId"));
        // Of ingress and egress each, empty or not.
        Assert.All(
            ["ipRanges", "ipv6Ranges", "groups", "prefixListIds"],
            list => Assert.Equal(2, groups.Document.Descendants().Count(element => element.Name.LocalName == list)));
    }

    [Fact]
    public async Task A_registered_task_definition_names_who_registered_it()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);

        var reply = await client.EcsAsync("RegisterTaskDefinition", JsonNode.Parse(
            """{"family":"it","containerDefinitions":[{"name":"cli","image":"plain"}]}""")!);

        Assert.Equal("arn:aws:iam::123456789012:root", (string?)reply.Body["taskDefinition"]!["registeredBy"]);
    }

    [Fact]
    public async Task Calls_are_recorded_with_their_parameters_and_their_error()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);

        await client.EcsAsync("DescribeClusters", new JsonObject { ["clusters"] = new JsonArray("local") });
        await client.EcsAsync("StopTask", new JsonObject { ["task"] = "none" });

        Assert.Collection(
            fargate.Calls,
            call =>
            {
                Assert.Equal(("ecs", "DescribeClusters", null), (call.Service, call.Operation, call.ErrorCode));
                Assert.Equal("local", (string?)call.Parameters["clusters"]![0]);
            },
            call => Assert.Equal(("StopTask", "InvalidParameterException"), (call.Operation, call.ErrorCode)));
    }
}
