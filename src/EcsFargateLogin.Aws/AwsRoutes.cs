using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Aws.Ec2;
using EcsFargateLogin.Aws.Errors;
using EcsFargateLogin.Aws.Kms;
using EcsFargateLogin.Aws.Ssm;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws;

/// <summary>
/// Implements the boundary with Session Manager and EC2 Instance Connect. It is not disposed of with the connection, because the
/// routes that it opens outlive the command that opened them; the SDK's clients hold nothing that has to be released.
/// </summary>
/// <param name="clients">Its clients.</param>
/// <param name="credentialSource">The source of the credentials, for display.</param>
internal sealed class AwsRoutes(RouteClients clients, string credentialSource) : ISessionManager, IInstanceConnect
{
    private const string PortDocument = "AWS-StartPortForwardingSession";

    /// <summary>The time for which the URL of a tunnel can be used. AWS's own programs use the same.</summary>
    private static readonly TimeSpan TunnelUrlLifetime = TimeSpan.FromSeconds(60);

    Task<ChannelTicket> ISessionManager.StartPortAsync(
        string target, int port, string? remoteHost, string reason, CancellationToken cancellationToken)
    {
        Dictionary<string, IReadOnlyList<string>> parameters = new()
        {
            ["portNumber"] = [FormattableString.Invariant($"{port}")],
            // Only AWS's own programs read it; the document demands it.
            ["localPortNumber"] = ["0"],
        };
        if (remoteHost is not null)
        {
            parameters["host"] = [remoteHost];
        }

        var document = remoteHost is null ? PortDocument : $"{PortDocument}ToRemoteHost";
        return ServiceCalls.SendAsync(
            SsmCall("StartSession") with { Task = target },
            token => clients.Ssm.StartSessionAsync(new(target, document, parameters, reason), token),
            cancellationToken);
    }

    async Task<ChannelTicket?> ISessionManager.ResumeAsync(string sessionId, CancellationToken cancellationToken)
    {
        try
        {
            return await ServiceCalls.SendAsync(
                SsmCall("ResumeSession"), token => clients.Ssm.ResumeSessionAsync(sessionId, token), cancellationToken);
        }
        catch (FargateException e) when (IsUnknownSession(e))
        {
            return null;
        }
    }

    async Task ISessionManager.TerminateAsync(string sessionId, CancellationToken cancellationToken)
    {
        try
        {
            await ServiceCalls.SendAsync(
                SsmCall("TerminateSession"), token => clients.Ssm.TerminateSessionAsync(sessionId, token), cancellationToken);
        }
        catch (FargateException e) when (IsUnknownSession(e))
        {
            // It has ended.
        }
    }

    Task<IReadOnlyDictionary<string, string>> ISessionManager.SignAsync(Uri streamUrl, CancellationToken cancellationToken) =>
        ServiceCalls.SendAsync(
            SsmCall("StartSession"), _ => clients.ChannelSigner.SignHeadersAsync(streamUrl), cancellationToken);

    Task<SessionDataKey> ISessionManager.GenerateDataKeyAsync(
        string keyId, IReadOnlyDictionary<string, string> context, CancellationToken cancellationToken) =>
        ServiceCalls.SendAsync(
            new ServiceCall("kms:GenerateDataKey", clients.Kms.Endpoint, credentialSource),
            token => clients.Kms.GenerateDataKeyAsync(keyId, context, token),
            cancellationToken);

    Task<IReadOnlyList<InstanceConnectEndpoint>> IInstanceConnect.FindEndpointsAsync(
        string vpcId, CancellationToken cancellationToken) =>
        ServiceCalls.AllPagesAsync(
            new ServiceCall("ec2:DescribeInstanceConnectEndpoints", clients.Ec2.Endpoint, credentialSource),
            (next, token) => clients.Ec2.DescribeInstanceConnectEndpointsAsync(vpcId, clients.UsesFips, next, token),
            cancellationToken);

    Task<string> IInstanceConnect.SignTunnelAsync(
        InstanceConnectEndpoint endpoint, string address, int port, CancellationToken cancellationToken)
    {
        var host = clients.TunnelEndpoint is { } configured
            ? $"{(configured.Scheme == Uri.UriSchemeHttp ? "ws" : "wss")}://{configured.Authority}"
            : $"wss://{endpoint.DnsName}";
        var url = new Uri(FormattableString.Invariant(
            $"{host}/openTunnel?instanceConnectEndpointId={Uri.EscapeDataString(endpoint.Id)}&remotePort={port}&privateIpAddress={Uri.EscapeDataString(address)}"));
        return ServiceCalls.SendAsync(
            new ServiceCall("ec2-instance-connect:OpenTunnel", url, credentialSource),
            _ => clients.TunnelSigner.SignQueryAsync(url, TunnelUrlLifetime),
            cancellationToken);
    }

    private ServiceCall SsmCall(string operation) =>
        new($"ssm:{operation}", clients.Ssm.Endpoint, credentialSource);

    private static bool IsUnknownSession(FargateException refusal) => refusal.ErrorCode == "DoesNotExistException";
}

/// <summary>The clients and signers of the routes through AWS, which most sessions do not need.</summary>
internal sealed record RouteClients
{
    internal required Ec2Client Ec2 { get; init; }

    internal required SsmClient Ssm { get; init; }

    internal required KmsClient Kms { get; init; }

    /// <summary>Signs the WebSockets of data channels.</summary>
    internal required WebSocketSigner ChannelSigner { get; init; }

    /// <summary>Signs the WebSockets of EC2 Instance Connect.</summary>
    internal required WebSocketSigner TunnelSigner { get; init; }

    /// <summary>The configured endpoint of tunnels; null for that of the EC2 Instance Connect Endpoint itself.</summary>
    internal Uri? TunnelEndpoint { get; init; }

    /// <summary>Whether tunnels go to FIPS endpoints.</summary>
    internal bool UsesFips { get; init; }
}
