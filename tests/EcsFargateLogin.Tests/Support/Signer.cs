using EcsFargateLogin.Aws;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Tests.Support;

/// <summary>The signer of a request, as the server sees it.</summary>
/// <param name="AccessKey">The access key that signed.</param>
/// <param name="SessionToken">The session token that was sent, or null.</param>
/// <param name="Source">Where the credentials were found.</param>
internal sealed record Signer(string AccessKey, string? SessionToken, string Source)
{
    internal static Task<IFargateCloud> ConnectAsync(CloudSettings settings) =>
        new AwsCloudConnector().ConnectAsync(settings, CancellationToken.None);

    /// <summary>Connects, sends one request to a real server, and reads who signed it.</summary>
    internal static async Task<Signer> OfAsync(CloudSettings settings)
    {
        await using var server = await LoopbackServer.StartAsync("{}");
        using var cloud = await ConnectAsync(settings with { EndpointUrl = server.Url });
        await cloud.StopTaskAsync("prod", "arn", "done", CancellationToken.None);
        return new(AccessKeyOf(server.Single), TokenOf(server.Single), cloud.Connection.CredentialSource);
    }

    internal static string AccessKeyOf(CapturedRequest request)
    {
        var begin = request.Authorization.IndexOf('=', StringComparison.Ordinal) + 1;
        return request.Authorization[begin..request.Authorization.IndexOf('/', StringComparison.Ordinal)];
    }

    internal static string? TokenOf(CapturedRequest request) => request.Headers.GetValueOrDefault("X-Amz-Security-Token");
}
