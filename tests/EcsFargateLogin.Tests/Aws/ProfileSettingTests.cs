using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Aws;

/// <summary>The settings of a profile beside credentials, from real files.</summary>
[Collection(EnvironmentScope.Collection)]
public sealed class ProfileSettingTests
{
    private const string Keys = "aws_access_key_id = AKIDIT\naws_secret_access_key = planted-secret\nregion = eu-west-3\n";
    private static readonly CloudSettings It = new() { ProfileName = "it" };

    [Theory]
    [InlineData("max_attempts = 2", null, 2)]
    [InlineData("max_attempts = 1\nretry_mode = adaptive", null, 1)]
    [InlineData("max_attempts = 2", "1", 1)]
    [InlineData("", null, 3)]
    [InlineData("", "many", 3)]
    public async Task The_number_of_attempts_of_each_service_is_read_from_the_environment_or_the_profile(
        string lines, string? variable, int expected)
    {
        await using var server = await LoopbackServer.StartAsync((request, context) =>
            request.Headers.ContainsKey("X-Amz-Target") ? context.AnswerErrorAsync("ServerException", "Try again", 500)
            : context.AnswerEc2ErrorAsync("InternalError", "Try again", 500));
        using var environment = new EnvironmentScope();
        environment.Set("AWS_MAX_ATTEMPTS", variable);
        environment.WriteConfig($"[profile it]\n{Keys}endpoint_url = {server.Url}\n{lines}\n");
        using var cloud = await Signer.ConnectAsync(It);
        await AwsClouds.FailAsync(cloud, AwsClouds.Calls.Keys);
        Assert.All(
            AwsClouds.Calls.Keys,
            service => Assert.Equal(
                expected,
                server.Requests.Count(request => request.Authorization.Contains($"/{service}/aws4_request", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Region_endpoint_services_FIPS_and_dual_stack_are_read_from_a_named_file_too()
    {
        using var environment = new EnvironmentScope();
        var file = environment.Write("other", $"""
            [it]
            {Keys}
            [fips]
            {Keys}
            use_fips_endpoint = true
            use_dualstack_endpoint = true
            [endpoint]
            {Keys}
            endpoint_url = http://127.0.0.1:4566
            [services]
            {Keys}
            services = local
            """);
        environment.WriteConfig("[services local]\necs =\n  endpoint_url = http://127.0.0.1:4567\n");
        foreach (var (name, expected) in new Dictionary<string, string>
        {
            ["it"] = "https://ecs.eu-west-3.amazonaws.com/",
            ["fips"] = "https://ecs-fips.eu-west-3.api.aws/",
            ["endpoint"] = "http://127.0.0.1:4566/",
            ["services"] = "http://127.0.0.1:4567/",
        })
        {
            using var cloud = await Signer.ConnectAsync(new() { ProfileName = name, ProfileLocation = file });
            Assert.Equal((name, expected), (name, cloud.Connection.EcsEndpoint));
        }
    }

    [Fact]
    public async Task The_endpoint_of_STS_is_read_from_the_named_profiles_services_section()
    {
        await using var sts = await TokenService.StartAsync();
        using var environment = new EnvironmentScope();
        environment.WriteCredentials($"[base]\n{Keys}");
        environment.WriteConfig($"""
            [profile it]
            region = eu-west-3
            role_arn = arn:aws:iam::123456789012:role/operator
            source_profile = base
            services = local
            [services local]
            sts =
              endpoint_url = {sts.Url}
            """);
        Assert.Equal(TokenService.AccessKey, (await Signer.OfAsync(It)).AccessKey);
        Assert.Single(sts.Requests);
    }
}
