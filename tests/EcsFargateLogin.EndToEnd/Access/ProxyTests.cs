using EcsFargateLogin.EndToEnd.Cmdlets;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Access;

/// <summary>Proxies of the environment.</summary>
public sealed class ProxyTests
{
    [Fact]
    public async Task A_proxy_of_the_environment_is_gone_through_unless_the_host_is_exempt()
    {
        await using var me = await Operator.StartAsync();
        const string look = "Get-FargateTaskAddress -TaskArn 0123 -NoWait -EndpointUrl http://fargate.invalid/ -ErrorVariable seen "
            + "-ErrorAction SilentlyContinue; $seen[0].FullyQualifiedErrorId";

        // LocalFargate is the proxy: it answers whatever host a request is for.
        var start = me.Process(look);
        start.Environment["HTTP_PROXY"] = me.Fargate.EndpointUrl;
        Assert.StartsWith("TaskNotFound,", (await EngineProcess.RunAsync(start)).Output, StringComparison.Ordinal);

        start = me.Process(look);
        start.Environment["HTTP_PROXY"] = me.Fargate.EndpointUrl;
        start.Environment["NO_PROXY"] = "fargate.invalid";
        Assert.StartsWith("EndpointUnreachable,", (await EngineProcess.RunAsync(start)).Output, StringComparison.Ordinal);
    }
}
