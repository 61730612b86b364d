using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace EcsFargateLogin.Tests.Aws;

/// <summary>The metadata service of EC2 in its versions, and who configures it.</summary>
[Collection(EnvironmentScope.Collection)]
public sealed class InstanceMetadataTests
{
    private const string Source = "EC2 instance metadata";

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task A_service_of_version_1_is_asked_unless_that_is_forbidden(bool isForbidden, bool works)
    {
        await using var metadata = await LoopbackServer.StartAsync((request, context) =>
            context.Request.Method == HttpMethods.Put ? context.AnswerAsync("", 404) : TokenService.AnswerAsync(request, context));
        using var environment = Environment(metadata);
        environment.Set("AWS_EC2_METADATA_V1_DISABLED", isForbidden ? "true" : null);
        environment.Set("AWS_REGION", "eu-central-1");
        if (works)
        {
            Assert.Equal(new Signer(TokenService.AccessKey, TokenService.SessionToken, Source), await Signer.OfAsync(new CloudSettings()));
        }
        else
        {
            var error = await Assert.ThrowsAsync<FargateException>(() => Signer.ConnectAsync(new CloudSettings()));
            Assert.Contains("offers no role", error.Message);
        }
    }

    [Fact]
    public async Task Version_2_gets_its_token()
    {
        await using var metadata = await TokenService.StartAsync();
        using var environment = Environment(metadata);
        using var cloud = await Signer.ConnectAsync(new CloudSettings());
        var asked = metadata.Requests.Where(request => !request.Headers.ContainsKey("X-aws-ec2-metadata-token-ttl-seconds"));
        Assert.All(asked, request => Assert.Equal("metadata-token", request.Headers["X-aws-ec2-metadata-token"]));
        Assert.Equal("eu-west-2", cloud.Connection.Region);
    }

    [Fact]
    public async Task A_profile_that_only_sets_things_leaves_the_keys_to_the_instance()
    {
        await using var metadata = await TokenService.StartAsync();
        using var environment = Environment(metadata);
        environment.Set("AWS_EC2_METADATA_SERVICE_ENDPOINT", null);
        environment.WriteConfig($"[profile it]\nregion = eu-west-3\nec2_metadata_service_endpoint = {metadata.Url}\n");
        environment.Set("AWS_PROFILE", "it");
        Assert.Equal(new Signer(TokenService.AccessKey, TokenService.SessionToken, Source), await Signer.OfAsync(new CloudSettings()));

        // By parameter, no other account's keys are used.
        var error = await Assert.ThrowsAsync<FargateException>(() => Signer.ConnectAsync(new CloudSettings { ProfileName = "it" }));
        Assert.Contains("profile 'it' could not be obtained: it holds neither keys nor a way to get them", error.Message);
    }

    [Fact]
    public async Task A_role_may_be_assumed_with_the_instances_keys()
    {
        await using var services = await TokenService.StartAsync();
        using var environment = Environment(services);
        environment.Set("AWS_ENDPOINT_URL_STS", services.Url);
        environment.WriteConfig(
            "[profile it]\nregion = eu-west-3\nrole_arn = arn:aws:iam::123456789012:role/x\ncredential_source = ec2instancemetadata\n");
        Assert.Equal("profile 'it'", (await Signer.OfAsync(new CloudSettings { ProfileName = "it" })).Source);
        var call = Assert.Single(services.Requests, request => request.Body.Contains("Action=AssumeRole&", StringComparison.Ordinal));
        Assert.Equal(TokenService.AccessKey, Signer.AccessKeyOf(call));
    }

    private static EnvironmentScope Environment(LoopbackServer metadata)
    {
        EnvironmentScope environment = new(("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.Url));
        environment.Set("AWS_EC2_METADATA_DISABLED", null);
        return environment;
    }
}
