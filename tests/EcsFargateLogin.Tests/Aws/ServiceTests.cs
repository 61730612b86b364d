using System.Text.Json.Nodes;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Aws;

/// <summary>ECS's answers about services.</summary>
public sealed class ServiceTests
{
    [Fact]
    public async Task A_service_is_read_by_its_model_and_its_primary_task_set_counts_for_more()
    {
        var sample = new ModelSample
        {
            Instead = { ["services[1].status"] = "ACTIVE", ["services[1].taskSets[1].status"] = "PRIMARY" },
        };
        await using var server = await LoopbackServer.StartAsync(
            sample.Json(ServiceModel.Ecs.Output("DescribeServices"))!.ToJsonString());
        using var cloud = AwsClouds.At(server);

        var service = await cloud.DescribeServiceAsync("prod", "web", CancellationToken.None);

        Assert.NotNull(service);
        Assert.Equal("services[1].serviceArn", service.Arn);
        Assert.Equal("services[1].taskSets[1].taskDefinition", service.TaskDefinition);
        Assert.Equal("services[1].taskSets[1].platformVersion", service.PlatformVersion);
        const string network = "services[1].taskSets[1].networkConfiguration.awsvpcConfiguration";
        Assert.Equal([$"{network}.subnets[0]", $"{network}.subnets[1]"], service.Subnets);
        Assert.Equal([$"{network}.securityGroups[0]", $"{network}.securityGroups[1]"], service.SecurityGroups);
        Assert.True(service.AssignPublicIp);
        Assert.Equal("services[1].tags[0].value", service.Tags["services[1].tags[0].key"]);
        Assert.Equal("""{"cluster":"prod","services":["web"],"include":["TAGS"]}""", server.Single.Body);
    }

    [Theory]
    [InlineData("""{"services":[],"failures":[{"arn":"a","reason":"MISSING"}]}""")]
    [InlineData("""{"services":[{"serviceArn":"a","status":"INACTIVE"}]}""")]
    [InlineData("""{"services":[{"serviceArn":"a","status":"DRAINING"}]}""")]
    [InlineData("{}")]
    public async Task A_service_that_is_not_active_is_none(string answer)
    {
        await using var server = await LoopbackServer.StartAsync(answer);
        using var cloud = AwsClouds.At(server);

        Assert.Null(await cloud.DescribeServiceAsync("prod", "web", CancellationToken.None));
    }

    [Fact]
    public async Task A_service_may_lack_everything_but_its_ARN()
    {
        await using var server = await LoopbackServer.StartAsync(new JsonObject
        {
            ["services"] = new JsonArray(new JsonObject { ["status"] = "ACTIVE", ["serviceArn"] = "a" }),
        }.ToJsonString());
        using var cloud = AwsClouds.At(server);

        var service = await cloud.DescribeServiceAsync("prod", "web", CancellationToken.None);

        Assert.NotNull(service);
        Assert.Equal((null, null, null), (service.TaskDefinition, service.LaunchType, service.PlatformVersion));
        Assert.Empty(service.Subnets.Concat(service.SecurityGroups).Concat(service.CapacityProviders).Concat(service.Tags.Keys));
        Assert.False(service.AssignPublicIp);
    }
}
