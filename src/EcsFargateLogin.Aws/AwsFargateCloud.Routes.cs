using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Aws.Errors;
using EcsFargateLogin.Aws.Kms;
using EcsFargateLogin.Aws.Ssm;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws;

// The routes through AWS: Session Manager and EC2 Instance Connect.
internal sealed partial class AwsFargateCloud : ISessionManager, IInstanceConnect
{
    private const string PortDocument = "AWS-StartPortForwardingSession";

    /// <summary>The time for which the URL of a tunnel can be used. AWS's own programs use the same.</summary>
    private static readonly TimeSpan TunnelUrlLifetime = TimeSpan.FromSeconds(60);

    private RouteClients? _routeClients;

    /// <summary>Creates the clients that only routes through AWS need.</summary>
    internal required Func<RouteClients> CreateRouteClients { get; init; }

    private RouteClients RouteClients => LazyInitializer.EnsureInitialized(ref _routeClients, CreateRouteClients)!;

    public ISessionManager SessionManager => this;

    public IInstanceConnect InstanceConnect => this;

    Task<ChannelTicket> ISessionManager.StartPortAsync(
        string target, int port, string? remoteHost, string reason, CancellationToken cancellationToken)
    {
        Dictionary<string, List<string>> parameters = new()
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
        return SendAsync(
            SsmCall("StartSession") with { Task = target },
            token => RouteClients.Ssm.StartSessionAsync(target, document, parameters, reason, token),
            cancellationToken);
    }

    async Task<ChannelTicket?> ISessionManager.ResumeAsync(string sessionId, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(
                SsmCall("ResumeSession"), token => RouteClients.Ssm.ResumeSessionAsync(sessionId, token), cancellationToken);
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
            await SendAsync(
                SsmCall("TerminateSession"), token => RouteClients.Ssm.TerminateSessionAsync(sessionId, token), cancellationToken);
        }
        catch (FargateException e) when (IsUnknownSession(e))
        {
            // It has ended.
        }
    }

    Task<IReadOnlyDictionary<string, string>> ISessionManager.SignAsync(Uri streamUrl, CancellationToken cancellationToken) =>
        SendAsync(
            SsmCall("StartSession"), _ => RouteClients.ChannelSigner.SignHeadersAsync(streamUrl), cancellationToken);

    Task<SessionDataKey> ISessionManager.GenerateDataKeyAsync(
        string keyId, IReadOnlyDictionary<string, string> context, CancellationToken cancellationToken) =>
        SendAsync(
            new ServiceCall("kms:GenerateDataKey", RouteClients.Kms.Endpoint, Connection.CredentialSource),
            token => RouteClients.Kms.GenerateDataKeyAsync(keyId, context, token),
            cancellationToken);

    Task<IReadOnlyList<InstanceConnectEndpoint>> IInstanceConnect.FindEndpointsAsync(
        string vpcId, CancellationToken cancellationToken) =>
        AllPagesAsync(
            Ec2Call("DescribeInstanceConnectEndpoints"),
            (next, token) => ec2.DescribeInstanceConnectEndpointsAsync(vpcId, RouteClients.UsesFips, next, token),
            cancellationToken);

    Task<string> IInstanceConnect.SignTunnelAsync(
        InstanceConnectEndpoint endpoint, string address, int port, CancellationToken cancellationToken)
    {
        var host = RouteClients.TunnelEndpoint is { } configured
            ? $"{(configured.Scheme == Uri.UriSchemeHttp ? "ws" : "wss")}://{configured.Authority}"
            : $"wss://{endpoint.DnsName}";
        var url = new Uri(FormattableString.Invariant(
            $"{host}/openTunnel?instanceConnectEndpointId={Uri.EscapeDataString(endpoint.Id)}&remotePort={port}&privateIpAddress={Uri.EscapeDataString(address)}"));
        return SendAsync(
            new ServiceCall("ec2-instance-connect:OpenTunnel", url, Connection.CredentialSource),
            _ => RouteClients.TunnelSigner.SignQueryAsync(url, TunnelUrlLifetime),
            cancellationToken);
    }

    private ServiceCall SsmCall(string operation) =>
        new($"ssm:{operation}", RouteClients.Ssm.Endpoint, Connection.CredentialSource);

    private static bool IsUnknownSession(FargateException refusal) => refusal.ErrorCode == "DoesNotExistException";
}

/// <summary>The clients and signers of the routes through AWS, which most sessions do not need.</summary>
internal sealed record RouteClients : IDisposable
{
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

    public void Dispose()
    {
        Ssm.Dispose();
        Kms.Dispose();
    }
}
