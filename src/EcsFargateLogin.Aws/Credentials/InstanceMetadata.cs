using System.Net.Sockets;
using Amazon.Util;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>
/// The metadata service of EC2. The SDK alone waits and retries for half a minute on a machine that is not EC2, so
/// whether anything answers there is looked at first.
/// </summary>
internal static class InstanceMetadata
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(1);

    internal static async Task<bool> IsReachableAsync(CancellationToken cancellationToken)
    {
        if (!EC2InstanceMetadata.IsIMDSEnabled
            || !Uri.TryCreate(EC2InstanceMetadata.ServiceEndpoint, UriKind.Absolute, out var endpoint))
        {
            return false;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectLimit);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(endpoint.DnsSafeHost, endpoint.Port, limit.Token);
            return true;
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }
}
