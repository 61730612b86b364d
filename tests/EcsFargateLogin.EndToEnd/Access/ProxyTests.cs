using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.Tests.Support;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Access;

/// <summary>Proxies of the environment.</summary>
public sealed class ProxyTests
{
    private const string Look = "Get-FargateTaskAddress -TaskArn 0123 -NoWait -EndpointUrl http://fargate.invalid/ "
        + "-ErrorVariable seen -ErrorAction SilentlyContinue; $seen[0].FullyQualifiedErrorId";

    [Theory]
    [InlineData("", "TaskNotFound,")]
    [InlineData("fargate.invalid", "EndpointUnreachable,")]
    public async Task A_proxy_of_the_environment_is_gone_through_unless_the_host_is_exempt(string exempt, string expected)
    {
        await using var proxy = await LoopbackServer.StartAsync("""{"tasks":[],"failures":[{"arn":"0123","reason":"MISSING"}]}""");
        await using var me = await Operator.StartAsync();
        var start = me.Process(Look);
        start.Environment["HTTP_PROXY"] = proxy.Url;
        start.Environment["NO_PROXY"] = exempt;

        var run = await EngineProcess.RunAsync(start);

        Assert.StartsWith(expected, run.Output, StringComparison.Ordinal);
        Assert.All(proxy.Requests, request => Assert.Equal("fargate.invalid", request.Headers["Host"]));
    }
}
