using System.Text.Json.Nodes;
using EcsFargateLogin.EndToEnd.Container;
using LocalFargate;
using LocalFargate.Signing;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

public sealed class SignatureTests
{
    [Fact]
    public async Task A_request_without_a_signature_is_refused()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate) { Signer = null };

        Assert.Equal("MissingAuthenticationTokenException", (await client.EcsAsync("ListTasks", new JsonObject())).Error);
        Assert.Equal("MissingAuthenticationToken", (await client.Ec2Async("DescribeSubnets")).Error);
        Assert.Empty(fargate.Calls);
    }

    [Theory]
    [InlineData("key", "UnrecognizedClientException", "AuthFailure")]
    [InlineData("secret", "InvalidSignatureException", "SignatureDoesNotMatch")]
    [InlineData("region", "InvalidSignatureException", "SignatureDoesNotMatch")]
    [InlineData("service", "InvalidSignatureException", "SignatureDoesNotMatch")]
    [InlineData("token", "UnrecognizedClientException", "AuthFailure")]
    [InlineData("late", "InvalidSignatureException", "RequestExpired")]
    [InlineData("early", "InvalidSignatureException", "RequestExpired")]
    public async Task A_signature_that_is_wrong_in_one_thing_is_refused(string thing, string ecsError, string ec2Error)
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        var right = new RequestSigner();
        using var client = new FargateClient(fargate)
        {
            Signer = thing switch
            {
                "key" => right with { AccessKeyId = "other" },
                "secret" => right with { Secret = "other" },
                "region" => right with { Region = "eu-west-1" },
                "service" => right with { Service = "s3" },
                "token" => right with { SessionToken = "other" },
                "late" => right with { ClockSkew = TimeSpan.FromMinutes(-6) },
                _ => right with { ClockSkew = TimeSpan.FromMinutes(6) },
            },
        };

        Assert.Equal(ecsError, (await client.EcsAsync("ListTasks", new JsonObject())).Error);
        Assert.Equal(ec2Error, (await client.Ec2Async("DescribeSubnets")).Error);
    }

    [Fact]
    public async Task A_clock_that_is_a_little_off_is_no_matter()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate) { Signer = new RequestSigner { ClockSkew = TimeSpan.FromMinutes(-4) } };

        Assert.Equal(200, (await client.EcsAsync("ListTasks", new JsonObject())).Status);
    }

    [Fact]
    public async Task A_temporary_credential_works_with_its_token_until_it_expires()
    {
        await using var fargate = await LocalFargateServer.StartAsync(new LocalFargateOptions
        {
            Credentials =
            [
                new AwsCredential("ASIA1", "secret") { SessionToken = "valid", ExpiresAt = DateTimeOffset.UtcNow.AddHours(1) },
                new AwsCredential("ASIA2", "secret") { SessionToken = "over", ExpiresAt = DateTimeOffset.UtcNow.AddHours(-1) },
            ],
        });
        using var valid = new FargateClient(fargate)
        {
            Signer = new RequestSigner { AccessKeyId = "ASIA1", Secret = "secret", SessionToken = "valid" },
        };
        using var expired = new FargateClient(fargate)
        {
            Signer = new RequestSigner { AccessKeyId = "ASIA2", Secret = "secret", SessionToken = "over" },
        };

        Assert.Equal(200, (await valid.EcsAsync("ListTasks", new JsonObject())).Status);
        Assert.Equal("ExpiredTokenException", (await expired.EcsAsync("ListTasks", new JsonObject())).Error);
        Assert.Equal("RequestExpired", (await expired.Ec2Async("DescribeSubnets")).Error);
    }

    [Theory]
    [InlineData(0, "200 OK")]
    [InlineData(65534, "UnrecognizedClientException")]
    public async Task The_keys_that_everybody_knows_are_accepted_from_processes_of_the_same_user_alone(int userId, string answer)
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        Uri endpoint = new(fargate.EndpointUrl + "/");
        using HttpRequestMessage request = new(HttpMethod.Post, endpoint);
        new RequestSigner { AccessKeyId = "test", Secret = "test" }.Sign(request, "{}"u8.ToArray(), "ecs");
        var headers = string.Concat(request.Headers.Select(header => $"{header.Key}: {header.Value.Single()}\r\n"));

        var reply = await ProcessRun.CompleteAsync(
            "setpriv",
            [$"--reuid={userId}", "--clear-groups", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$0; cat >&3; cat <&3", $"{endpoint.Port}"],
            $"POST / HTTP/1.1\r\nHost: {endpoint.Authority}\r\nConnection: close\r\nContent-Type: application/x-amz-json-1.1\r\n"
                + $"X-Amz-Target: AmazonEC2ContainerServiceV20141113.ListTasks\r\n{headers}Content-Length: 2\r\n\r\n{{}}");

        Assert.Contains(answer, reply.Output, StringComparison.Ordinal);
    }
}
