using System.Collections.Concurrent;
using EcsFargateLogin.Aws;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Aws.Ssm;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Aws;

[Collection(EnvironmentScope.Collection)]
public sealed class EndpointTests
{
    private static readonly (string, string)[] Keys =
        [("AWS_ACCESS_KEY_ID", "AKID"), ("AWS_SECRET_ACCESS_KEY", "secret")];

    [Theory]
    [InlineData("eu-central-1", "https://ecs.eu-central-1.amazonaws.com/")]
    [InlineData("cn-north-1", "https://ecs.cn-north-1.amazonaws.com.cn/")]
    [InlineData("us-gov-west-1", "https://ecs.us-gov-west-1.amazonaws.com/")]
    [InlineData("us-iso-east-1", "https://ecs.us-iso-east-1.c2s.ic.gov/")]
    public async Task The_host_is_that_of_the_regions_partition(string region, string expected)
    {
        using var environment = new EnvironmentScope(Keys);
        Assert.Equal(expected, await EndpointAsync(new() { Region = region }));
    }

    [Theory]
    [InlineData("us-east-1", true, false, "https://ecs-fips.us-east-1.amazonaws.com/")]
    [InlineData("us-gov-west-1", true, false, "https://ecs-fips.us-gov-west-1.amazonaws.com/")]
    [InlineData("eu-central-1", false, true, "https://ecs.eu-central-1.api.aws/")]
    [InlineData("cn-north-1", false, true, "https://ecs.cn-north-1.api.amazonwebservices.com.cn/")]
    [InlineData("us-east-1", true, true, "https://ecs-fips.us-east-1.api.aws/")]
    public async Task FIPS_and_dual_stack_are_read_from_the_environment(
        string region, bool fips, bool dualStack, string expected)
    {
        using var environment = new EnvironmentScope(Keys);
        environment.Set("AWS_USE_FIPS_ENDPOINT", fips ? "true" : null);
        environment.Set("AWS_USE_DUALSTACK_ENDPOINT", dualStack ? "true" : null);
        Assert.Equal(expected, await EndpointAsync(new() { Region = region }));
    }

    [Theory]
    [InlineData("eu-central-1", null, null, "https://ssm.eu-central-1.amazonaws.com/")]
    [InlineData("cn-north-1", null, null, "https://ssm.cn-north-1.amazonaws.com.cn/")]
    [InlineData("us-east-1", null, "AWS_USE_FIPS_ENDPOINT", "https://ssm-fips.us-east-1.amazonaws.com/")]
    [InlineData("eu-central-1", "http://127.0.0.1:4566", null, "http://127.0.0.1:4566/")]
    public void Systems_Manager_has_an_endpoint_of_its_own(
        string region, string? endpointUrl, string? variable, string expected)
    {
        using var environment = new EnvironmentScope(Keys);
        if (variable is not null)
        {
            environment.Set(variable, "true");
        }

        CloudSettings settings = new() { Region = region, EndpointUrl = endpointUrl };

        var ssm = new ServiceSettings(settings, profile: null).Of(SsmClient.ServiceId, SsmClient.SigningName, region);

        Assert.Equal(expected, ssm.Endpoint.AbsoluteUri);
    }

    [Fact]
    public async Task FIPS_is_read_from_the_profile()
    {
        using var environment = new EnvironmentScope(Keys);
        environment.WriteConfig("""
            [profile gov]
            use_fips_endpoint = true
            region = us-east-2
            [default]
            region = us-west-1
            """);
        environment.Set("AWS_PROFILE", "gov");
        Assert.Equal("https://ecs-fips.us-east-2.amazonaws.com/", await EndpointAsync(new()));
    }

    [Fact]
    public async Task The_nearest_endpoint_wins()
    {
        using var environment = new EnvironmentScope(Keys);
        environment.Set("AWS_REGION", "eu-central-1");
        environment.WriteConfig("""
            [default]
            endpoint_url = http://127.0.0.1:1001
            services = local
            [services local]
            ecs =
              endpoint_url = http://127.0.0.1:1002
            """);
        Assert.Equal("http://127.0.0.1:1002/", await EndpointAsync(new()));

        environment.WriteConfig("[default]\nendpoint_url = http://127.0.0.1:1001\n");
        Assert.Equal("http://127.0.0.1:1001/", await EndpointAsync(new()));

        environment.Set("AWS_ENDPOINT_URL", "http://127.0.0.1:1003");
        Assert.Equal("http://127.0.0.1:1003/", await EndpointAsync(new()));

        environment.Set("AWS_ENDPOINT_URL_ECS", "http://127.0.0.1:1004");
        Assert.Equal("http://127.0.0.1:1004/", await EndpointAsync(new()));

        Assert.Equal("http://127.0.0.1:1005/", await EndpointAsync(new() { EndpointUrl = "http://127.0.0.1:1005" }));

        environment.Set("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
        Assert.Equal("https://ecs.eu-central-1.amazonaws.com/", await EndpointAsync(new()));
        Assert.Equal("http://127.0.0.1:1005/", await EndpointAsync(new() { EndpointUrl = "http://127.0.0.1:1005" }));
    }

    [Fact]
    public async Task Each_service_goes_to_its_own_endpoint()
    {
        await using var ecs = await LoopbackServer.StartAsync("{}");
        await using var ec2 = await LoopbackServer.StartAsync((_, context) =>
            context.AnswerAsync("<DescribeNetworkInterfacesResponse/>", contentType: "text/xml"));
        using var environment = new EnvironmentScope([.. Keys, ("AWS_REGION", "eu-central-1")]);
        environment.Set("AWS_ENDPOINT_URL_ECS", ecs.Url);
        environment.Set("AWS_ENDPOINT_URL_EC2", ec2.Url);
        using var cloud = await new AwsCloudConnector().ConnectAsync(new(), CancellationToken.None);
        await cloud.StopTaskAsync("prod", "arn", "done", CancellationToken.None);
        await cloud.DescribeNetworkInterfacesAsync(["eni-1"], CancellationToken.None);
        Assert.Contains("/eu-central-1/ecs/", ecs.Single.Authorization);
        Assert.Contains("/eu-central-1/ec2/", ec2.Single.Authorization);
    }

    [Theory]
    [InlineData("/aws")]
    [InlineData("/aws/")]
    public async Task An_endpoint_may_have_a_path(string path)
    {
        ConcurrentBag<string?> paths = [];
        await using var server = await LoopbackServer.StartAsync((_, context) =>
        {
            paths.Add(context.Request.Path.Value);
            return context.AnswerAsync("<html/>", contentType: "text/html");
        });
        using var cloud = AwsClouds.At(server.Url + path);
        await AwsClouds.FailAsync(cloud, AwsClouds.Calls.Keys);
        Assert.Equal(Enumerable.Repeat("/aws/", AwsClouds.Calls.Count), paths);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("127.0.0.1:80")]
    [InlineData("/relative")]
    [InlineData("")]
    [InlineData("http://user:password@127.0.0.1")]
    [InlineData("http://127.0.0.1/?a=b")]
    public async Task An_endpoint_that_is_no_URL_is_refused(string url)
    {
        using var environment = new EnvironmentScope(Keys);
        var error = await Assert.ThrowsAsync<FargateException>(
            () => EndpointAsync(new() { Region = "eu-central-1", EndpointUrl = url }));
        Assert.Equal(FargateError.InvalidEndpoint, error.Error);
        Assert.Contains("-EndpointUrl", error.Message);
        Assert.DoesNotContain("password", error.ToString() + error.Target);
    }

    [Theory]
    [InlineData("[default]\nendpoint_url = nonsense\n")]
    [InlineData("[default]\nservices = s\n[services s]\necs =\n  endpoint_url = nonsense\n")]
    public async Task A_profiles_endpoint_that_is_no_URL_names_the_profile(string config)
    {
        using var environment = new EnvironmentScope(Keys);
        environment.WriteConfig(config);
        var error = await Assert.ThrowsAsync<FargateException>(() => EndpointAsync(new() { Region = "eu-central-1" }));
        Assert.Equal(FargateError.InvalidEndpoint, error.Error);
        Assert.Contains("profile 'default'", error.Message);
    }

    private static async Task<string> EndpointAsync(CloudSettings settings)
    {
        using var cloud = await new AwsCloudConnector().ConnectAsync(settings, CancellationToken.None);
        return cloud.Connection.EcsEndpoint;
    }
}
