using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Aws;

public sealed class TransportTests
{
    public static TheoryData<string> Services => AwsClouds.Services;

    [Fact]
    public async Task A_lost_reply_is_asked_for_again_with_the_same_client_token()
    {
        var count = 0;
        await using var server = await LoopbackServer.StartAsync((_, context) =>
        {
            if (Interlocked.Increment(ref count) > 1)
            {
                return context.AnswerAsync("""{"tasks":[{"taskArn":"t","clusterArn":"c","lastStatus":"PENDING"}]}""");
            }

            context.Abort();
            return Task.CompletedTask;
        });
        using var cloud = AwsClouds.At(server);
        var reply = await cloud.RunTaskAsync(AwsClouds.FullRequest, CancellationToken.None);
        Assert.Equal("t", Assert.Single(reply.Tasks).TaskArn);
        Assert.Equal(2, server.Requests.Count);
        Assert.Single(server.Requests.Select(request => request.Body).Distinct());
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task Requests_say_which_program_sends_them(string service)
    {
        await using var server = await LoopbackServer.StartAsync((_, context) => context.AnswerAsync("<html/>", contentType: "text/html"));
        using var cloud = AwsClouds.At(server);
        await Assert.ThrowsAsync<FargateException>(() => cloud.CallAsync(service));
        var version = typeof(IFargateCloud).Assembly.GetName().Version!.ToString(3);
        Assert.StartsWith($"EcsFargateLogin/{version} ", server.Single.Headers["User-Agent"]);
        Assert.Contains($"/{service}/aws4_request", server.Single.Authorization);
    }

    [Fact]
    public async Task Replies_that_are_always_lost_are_an_unreachable_endpoint()
    {
        await using var server = await LoopbackServer.StartAsync((_, context) =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        using var cloud = AwsClouds.At(server);
        Assert.All(await UnreachableAsync(cloud), error => Assert.Equal(new Uri(server.Url).AbsoluteUri, error.Target));
        Assert.Equal(3 * AwsClouds.Calls.Count, server.Requests.Count);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(502)]
    public async Task An_answer_in_HTML_names_the_host(int status)
    {
        await using var server = await LoopbackServer.StartAsync((_, context) =>
            context.AnswerAsync("<!DOCTYPE html><html><body>Log in to the network</body></html>", status, "text/html"));
        using var cloud = AwsClouds.At(server);
        Assert.All(await UnreachableAsync(cloud), error =>
        {
            Assert.Equal(status, error.StatusCode);
            Assert.Contains(new Uri(server.Url).Authority, error.Message);
            Assert.Contains("text/html", error.Message);
        });

        // Only a gateway's trouble may pass.
        Assert.Equal(AwsClouds.Calls.Count * (status == 502 ? 3 : 1), server.Requests.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("{\"task\":{\"createdAt\":1e400}}")]
    [InlineData("{\"task\":{\"createdAt\":1e300}}")]
    [InlineData("{\"task\":{\"createdAt\":\"today\"}}")]
    [InlineData("{\"task\":")]
    public async Task An_answer_that_is_no_answer_of_ECS_is_an_error(string answer)
    {
        await using var server = await LoopbackServer.StartAsync(answer);
        using var cloud = AwsClouds.At(server);
        var error = await Assert.ThrowsAsync<FargateException>(() => Stop(cloud));
        Assert.Equal(FargateError.EndpointUnreachable, error.Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("<html/>")]
    [InlineData("<DescribeSubnetsResponse/>")]
    [InlineData("<DescribeNetworkInterfacesResponse><networkInterfaceSet>")]
    [InlineData(
        "<DescribeNetworkInterfacesResponse><networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId>"
            + "<attachment><deviceIndex>first</deviceIndex></attachment></item></networkInterfaceSet>"
            + "</DescribeNetworkInterfacesResponse>")]
    [InlineData(
        "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>"
            + "<DescribeNetworkInterfacesResponse>&e;</DescribeNetworkInterfacesResponse>")]
    [InlineData("<!DOCTYPE x><DescribeNetworkInterfacesResponse/>")]
    public async Task An_answer_that_is_no_answer_of_EC2_is_an_error(string answer)
    {
        await using var server = await LoopbackServer.StartAsync(
            (_, context) => context.AnswerAsync(answer, contentType: "text/xml"));
        using var cloud = AwsClouds.At(server);
        var error = await Assert.ThrowsAsync<FargateException>(() => cloud.CallAsync("ec2"));
        Assert.Equal((FargateError.EndpointUnreachable, 200), (error.Error, error.StatusCode));
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("<Response><Errors><Error><Code/></Error></Errors></Response>")]
    [InlineData("<Response><Errors><Error><Message>No.</Message></Error></Errors></Response>")]
    [InlineData("<DescribeNetworkInterfacesResponse/>")]
    [InlineData("<Response><Errors><Error><Code>UnauthorizedOperation</Code>")]
    public async Task A_refusal_that_is_none_of_AWS_is_an_error(string answer)
    {
        await using var server = await LoopbackServer.StartAsync(
            (_, context) => context.AnswerAsync(answer, 403, "text/xml"));
        using var cloud = AwsClouds.At(server);
        foreach (var service in new[] { "ec2", "sts", "iam" })
        {
            var error = await Assert.ThrowsAsync<FargateException>(() => cloud.CallAsync(service));
            Assert.Equal((FargateError.EndpointUnreachable, 403), (error.Error, error.StatusCode));
        }
    }

    [Fact]
    public async Task A_refused_connection_names_the_host_and_the_reason()
    {
        using var cloud = AwsClouds.At($"http://127.0.0.1:{UnusedPort()}");
        Assert.All(await UnreachableAsync(cloud), error =>
        {
            Assert.Contains("127.0.0.1:", error.Message);
            Assert.Contains("refused", error.Message);
        });
    }

    [Fact]
    public async Task An_unknown_host_is_an_unreachable_endpoint()
    {
        using var cloud = AwsClouds.At("http://no-such-host.invalid");
        var error = await Assert.ThrowsAsync<FargateException>(() => Stop(cloud));
        Assert.Equal(FargateError.EndpointUnreachable, error.Error);
        Assert.Contains("no-such-host.invalid", error.Message);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_an_unreachable_endpoint_and_no_cancellation()
    {
        await using var server = await LoopbackServer.StartAsync(
            (_, context) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var cloud = AwsClouds.At(server.Url, attemptLimit: TimeSpan.FromSeconds(2));
        Assert.All(await UnreachableAsync(cloud), error => Assert.Contains("did not answer in time", error.Message));
        Assert.Equal(3 * AwsClouds.Calls.Count, server.Requests.Count);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task A_cancelled_call_ends_at_once_as_cancelled(string service)
    {
        var asked = new TaskCompletionSource();
        await using var server = await LoopbackServer.StartAsync((_, context) =>
        {
            asked.SetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using var cloud = AwsClouds.At(server);
        using var cancellation = new CancellationTokenSource();
        var call = cloud.CallAsync(service, cancellation.Token);
        await asked.Task.WaitAsync(Eventually.Limit);
        await cancellation.CancelAsync();

        var ended = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => call.WaitAsync(Eventually.Limit));
        Assert.Equal(cancellation.Token, ended.CancellationToken);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task A_call_that_is_cancelled_before_it_begins_sends_nothing(string service)
    {
        await using var server = await LoopbackServer.StartAsync("{}");
        using var cloud = AwsClouds.At(server);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => cloud.CallAsync(service, new CancellationToken(canceled: true)));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_clock_that_is_20_minutes_off_is_corrected()
    {
        var serverTime = DateTimeOffset.UtcNow.AddMinutes(20);
        await using var server = await LoopbackServer.StartAsync((request, context) =>
        {
            context.Response.Headers.Date = serverTime.ToString("R");
            var sent = DateTimeOffset.ParseExact(
                request.Headers["X-Amz-Date"],
                "yyyyMMdd'T'HHmmss'Z'",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal);
            return (serverTime - sent).Duration() < TimeSpan.FromMinutes(5)
                ? context.AnswerAsync("{}")
                : context.AnswerErrorAsync("InvalidSignatureException", $"Signature expired: {sent:R}", 403);
        });
        using var cloud = AwsClouds.At(server);
        await Stop(cloud);
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task A_redirect_is_not_followed(string service)
    {
        await using var other = await LoopbackServer.StartAsync("{}");
        await using var server = await LoopbackServer.StartAsync((_, context) =>
        {
            context.Response.Redirect(other.Url);
            return Task.CompletedTask;
        });
        using var cloud = AwsClouds.At(server);
        var error = await Assert.ThrowsAsync<FargateException>(() => cloud.CallAsync(service));
        Assert.Equal(FargateError.EndpointUnreachable, error.Error);
        Assert.Empty(other.Requests);
    }

    /// <summary>The error of a call of each service, made at the same time.</summary>
    private static async Task<FargateException[]> UnreachableAsync(IFargateCloud cloud)
    {
        var errors = await AwsClouds.FailAsync(cloud, AwsClouds.Calls.Keys);
        Assert.All(errors, error => Assert.Equal(FargateError.EndpointUnreachable, error.Error));
        return errors;
    }

    private static Task<TaskDescription?> Stop(IFargateCloud cloud) => cloud.StopTaskAsync("prod", "arn", "done", CancellationToken.None);

    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
