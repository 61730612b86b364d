using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.Tests.Support;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Access;

/// <summary>Proxies of the environment.</summary>
public sealed class ProxyTests
{
    private const string Query = "Get-FargateTaskAddress -TaskArn 0123 -NoWait -EndpointUrl http://fargate.invalid/ "
        + "-ErrorVariable seen -ErrorAction SilentlyContinue; $seen[0].FullyQualifiedErrorId";

    [Theory]
    [InlineData("", "TaskNotFound,")]
    [InlineData("fargate.invalid", "EndpointUnreachable,")]
    public async Task A_proxy_of_the_environment_is_gone_through_unless_the_host_is_exempt(string exempt, string expected)
    {
        await using var proxy = await LoopbackServer.StartAsync("""{"tasks":[],"failures":[{"arn":"0123","reason":"MISSING"}]}""");
        await using var me = await Operator.StartAsync();
        var start = me.Process(Query);
        start.Environment["HTTP_PROXY"] = proxy.Url;
        start.Environment["NO_PROXY"] = exempt;

        var run = await EngineProcess.RunAsync(start);

        Assert.StartsWith(expected, run.Output, StringComparison.Ordinal);
        Assert.All(proxy.Requests, request => Assert.Equal("fargate.invalid", request.Headers["Host"]));
    }

    [Fact]
    public async Task Every_service_is_reached_through_it()
    {
        await using var proxy = await LoopbackServer.StartAsync((_, context) => context.AnswerAsync("<x/>", 403, "text/xml"));
        await using var me = await Operator.StartAsync();
        var start = me.Process("Test-FargateLogin rails-cli -EndpointUrl http://fargate.invalid/ -ErrorAction SilentlyContinue | Out-Null");
        start.Environment["HTTP_PROXY"] = proxy.Url;

        await EngineProcess.RunAsync(start);

        Assert.All(proxy.Requests, request => Assert.Equal("fargate.invalid", request.Headers["Host"]));
        Assert.Superset(
            new HashSet<string>(["ecs", "ec2", "sts"]),
            proxy.Requests.Select(request => request.Authorization.Split('/')[3]).ToHashSet());
    }
}
