using EcsFargateLogin.Cloud;
using EcsFargateLogin.Lifecycle.Starting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Model;

public sealed class ServiceChoiceTests
{
    private static readonly ServiceDescription Web = new()
    {
        Arn = "arn:aws:ecs:eu-central-1:123456789012:service/dev/web",
        TaskDefinition = "rails:7",
        LaunchType = "FARGATE",
        PlatformVersion = "1.4.0",
        Subnets = ["subnet-a", "subnet-b"],
        SecurityGroups = ["sg-a"],
        Tags = new Dictionary<string, string> { ["team"] = "billing", ["aws:cloudformation:stack-name"] = "web" },
    };

    [Fact]
    public async Task All_that_is_not_given_comes_from_the_service()
    {
        var request = await CompleteAsync(Web, ServiceParts.All);

        Assert.Equal(("rails:7", true), (request.TaskDefinition, request.IsOfApplication));
        Assert.Equal(["subnet-a", "subnet-b"], request.Subnets);
        Assert.Equal(["sg-a"], request.SecurityGroups);
        Assert.False(request.AssignPublicIp);
        Assert.Equal(("1.4.0", "FARGATE"), (request.PlatformVersion, request.CapacityProvider));
        Assert.Equal(
            [KeyValuePair.Create("ecs-fargate-login:reason", "x"), KeyValuePair.Create("team", "billing")],
            request.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(ServiceParts.TaskDefinition, "rails:7", "subnet-1")]
    [InlineData(ServiceParts.Subnets, "mine", "subnet-a")]
    public async Task What_is_given_stays_part_by_part(object parts, string taskDefinition, string subnet)
    {
        var request = await CompleteAsync(Web, (ServiceParts)parts);

        Assert.Equal((taskDefinition, subnet), (request.TaskDefinition, request.Subnets[0]));
        Assert.True(request.AssignPublicIp);
        Assert.Null(request.PlatformVersion);
        Assert.Equal(taskDefinition != "mine", request.IsOfApplication);
    }

    [Theory]
    [InlineData(new[] { "FARGATE_SPOT" }, "FARGATE_SPOT")]
    [InlineData(new[] { "FARGATE_SPOT", "FARGATE" }, "FARGATE")]
    [InlineData(new[] { "FARGATE" }, "FARGATE")]
    public async Task Spot_is_used_where_the_service_has_nothing_else(string[] providers, string expected)
    {
        var request = await CompleteAsync(Web with { LaunchType = null, CapacityProviders = providers }, ServiceParts.All);

        Assert.Equal(expected, request.CapacityProvider);
    }

    public static TheoryData<string, object, string> Unsuitable => new()
    {
        { "EC2", Web with { LaunchType = "EC2" }, "it runs on EC2, not on Fargate" },
        { "provider", Web with { LaunchType = null, CapacityProviders = ["my-machines"] }, "on my-machines, not on Fargate" },
        { "network", Web with { Subnets = [] }, "no awsvpc configuration" },
        { "definition", Web with { TaskDefinition = null }, "no task definition" },
    };

    [Theory]
    [MemberData(nameof(Unsuitable))]
    public async Task A_service_that_no_session_can_be_like_is_refused(string what, object service, string why)
    {
        var error = await Assert.ThrowsAsync<FargateException>(
            () => CompleteAsync((ServiceDescription)service, ServiceParts.All));

        Assert.Equal((FargateError.ServiceUnsuitable, "web"), (error.Error, error.Target));
        Assert.True(error.Message.Contains(why, StringComparison.Ordinal), $"{what}: {error.Message}");
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_named_with_its_cluster()
    {
        var error = await Assert.ThrowsAsync<FargateException>(() => CompleteAsync(service: null, ServiceParts.All));

        Assert.Equal(FargateError.ServiceNotFound, error.Error);
        Assert.StartsWith("The cluster 'dev' has no active service 'web'.", error.Message, StringComparison.Ordinal);
    }

    private static async Task<SessionRequest> CompleteAsync(ServiceDescription? service, ServiceParts parts)
    {
        using ScriptedCloud cloud = new() { OnDescribeService = () => service };
        SessionRequest request = new()
        {
            TaskDefinition = "mine",
            Cluster = "dev",
            Subnets = ["subnet-1"],
            Service = new ServiceChoice("web", parts),
            Tags = new Dictionary<string, string> { ["ecs-fargate-login:reason"] = "x" },
        };
        return await ServiceRequest.CompleteAsync(cloud, request, CancellationToken.None);
    }
}
