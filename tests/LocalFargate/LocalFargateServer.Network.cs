using System.Net;
using LocalFargate.InstanceConnect;
using LocalFargate.SessionManager;
using LocalFargate.Signing;
using LocalFargate.Tasks;

namespace LocalFargate;

/// <content>The ways into tasks: security groups, Session Manager and EC2 Instance Connect Endpoints.</content>
public sealed partial class LocalFargateServer
{
    private static readonly TimeSpan _streamUrlValidity = TimeSpan.FromHours(1);

    /// <summary>The ids of the subnets.</summary>
    public IReadOnlyList<string> Subnets => [.. _vpc.Subnets.Select(subnet => subnet.Id)];

    /// <summary>The addresses of the subnets, in CIDR notation and in the same order.</summary>
    public IReadOnlyList<string> SubnetBlocks => [.. _vpc.Subnets.Select(subnet => subnet.Addresses.ToString())];

    /// <summary>The ids of the security groups.</summary>
    public IReadOnlyList<string> SecurityGroups => _vpc.SecurityGroups;

    /// <summary>The sessions of Session Manager, the oldest first, those that have ended among them.</summary>
    public IReadOnlyList<SessionView> Sessions => _sessions.Views;

    /// <summary>The tokens of those sessions, each of which opens a data channel once.</summary>
    public IReadOnlyList<string> SessionTokens => _sessions.IssuedTokens;

    /// <summary>The ids of the EC2 Instance Connect Endpoints.</summary>
    public IReadOnlyList<string> InstanceConnectEndpoints => [.. _instanceConnect.All.Select(endpoint => endpoint.Id)];

    private string Authority => new Uri(EndpointUrl).Authority;

    /// <summary>The rules of a security group, each as "source port description".</summary>
    public IReadOnlyList<string> IngressRules(string securityGroup) =>
        [.. _vpc.RulesOf(securityGroup).All.Select(rule => $"{rule.Source} {rule.FromPort} {rule.Description}")];

    /// <summary>
    /// Makes a subnet's default route lead to something else than the internet gateway, such as nat-1; null takes it away.
    /// </summary>
    public void SetDefaultRoute(string subnet, string? target) => _vpc.SetDefaultRoute(subnet, target);

    /// <summary>Adds a rule to a security group, as somebody else might.</summary>
    /// <param name="securityGroup">The group's id.</param>
    /// <param name="source">A block in CIDR notation, or the id of a group whose members are let in.</param>
    /// <param name="port">The TCP port.</param>
    /// <param name="description">The rule's description.</param>
    public void AddIngressRule(string securityGroup, string source, int port, string description) =>
        _vpc.RulesOf(securityGroup).TryAdd(new SecurityGroupRule("tcp", port, port, source, description));

    /// <summary>Adds an EC2 Instance Connect Endpoint. Returns its id.</summary>
    public string AddInstanceConnectEndpoint(InstanceConnectEndpointOptions? options = null) =>
        _instanceConnect.Add(options ?? new InstanceConnectEndpointOptions());

    /// <summary>Removes an EC2 Instance Connect Endpoint. Its tunnels stay.</summary>
    public void RemoveInstanceConnectEndpoint(string id) => _instanceConnect.Remove(id);

    /// <summary>Ends the connection of every session's client now. The sessions can be resumed.</summary>
    /// <param name="saysBye">Whether they are closed with code 1000 and "Bye", as each hour, instead of being cut.</param>
    public void CutSessions(bool saysBye = false) => _sessions.Cut(saysBye);

    /// <summary>Ends a session, as an administrator can.</summary>
    /// <param name="id">The session's id.</param>
    /// <param name="output">What its client is told.</param>
    public void EndSession(string id, string output) => _sessions.Find(id)?.End(output);

    private string StreamUrlOf(string sessionId)
    {
        var target = DataChannelEndpoint.PathOf(sessionId);
        if (_options.SessionManager.StreamSignature == StreamSignature.Presigned)
        {
            var timestamp = DateTimeOffset.UtcNow.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'");
            var authorization = new AuthorizationHeader(AccessKeyId, timestamp[..8], Region, DataChannelEndpoint.Service, ["host"])
            {
                Signature = "",
            };
            var unsigned = new QuerySignature(authorization, timestamp, _streamUrlValidity);
            target = QuerySignature.Presign(Authority, target, unsigned, _options.Credentials[0]);
        }

        return $"ws://{Authority}{target}";
    }

    private TunnelTargets CreateTunnelTargets() => new(_vpc, _tasks)
    {
        StandInFor22 = _options.SshPort is null && SshPort != 22 ? SshPort : null,
        OperatorAddress = _options.Operator?.PrivateAddress ?? IPAddress.Loopback,
    };
}
