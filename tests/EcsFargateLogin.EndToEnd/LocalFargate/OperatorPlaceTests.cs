using System.Net;
using System.Net.Sockets;
using System.Text;
using LocalFargate;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

/// <summary>Addresses and the rules of security groups, where the operator's place is known.</summary>
public sealed class OperatorPlaceTests
{
    private static readonly IPAddress _public = IPAddress.Parse("203.0.113.7");
    private static readonly IPAddress _vpn = IPAddress.Parse("10.8.0.2");

    [Fact]
    public async Task A_task_without_a_public_address_is_reached_from_inside_alone()
    {
        using var login = await TaskLogin.CreateAsync();
        await using var task = await SessionTask.StartAsync(Options(new OperatorPlace(_public)), parameters => login.Allow(parameters));
        task.Fargate.AddIngressRule(task.Fargate.SecurityGroups[0], "0.0.0.0/0", task.Fargate.SshPort, "everybody");
        using var client = await task.OpenAsync(task.Fargate.SshPort);
        await client.ShakeHandsAsync();

        var banner = await ReadBannerAsync(client);

        Assert.StartsWith("SSH-2.0-OpenSSH", banner);
        Assert.Null(task.View.PublicAddress);
        Assert.False(await ConnectsAsync(task.View.PrivateAddress, task.Fargate.SshPort));
    }

    [Fact]
    public async Task A_private_address_is_reached_through_a_VPN_where_a_rule_lets_it_in()
    {
        using var login = await TaskLogin.CreateAsync();
        await using var task = await SessionTask.StartAsync(Options(new OperatorPlace(_public) { PrivateAddress = _vpn }), parameters => login.Allow(parameters));
        Assert.False(await ConnectsAsync(task.View.PrivateAddress, task.Fargate.SshPort));

        task.Fargate.AddIngressRule(task.Fargate.SecurityGroups[0], "10.8.0.0/16", task.Fargate.SshPort, "VPN");

        await WaitForBannerAsync(task, task.View.PrivateAddress);
    }

    [Fact]
    public async Task A_public_address_is_reached_while_a_rule_lets_the_operator_in()
    {
        using var login = await TaskLogin.CreateAsync();
        await using var task = await SessionTask.StartAsync(Options(new OperatorPlace(_public)), parameters =>
        {
            login.Allow(parameters);
            parameters["networkConfiguration"]!["awsvpcConfiguration"]!["assignPublicIp"] = "ENABLED";
        });
        await Wait.UntilAsync(() => task.View.PublicAddress is not null, "the public address");
        var (group, port) = (task.Fargate.SecurityGroups[0], task.Fargate.SshPort);
        task.Fargate.AddIngressRule(group, "203.0.113.8/32", port, "somebody else");
        task.Fargate.AddIngressRule(group, "203.0.113.7/32", port + 1, "another port");
        Assert.False(await ConnectsAsync(task.View.PublicAddress!, port));

        (string, string)[] rule =
        [
            ("GroupId", group), ("IpPermissions.1.IpProtocol", "tcp"), ("IpPermissions.1.FromPort", $"{port}"),
            ("IpPermissions.1.ToPort", $"{port}"), ("IpPermissions.1.IpRanges.1.CidrIp", "203.0.113.7/32"),
        ];
        Assert.Equal(200, (await task.Client.Ec2Async("AuthorizeSecurityGroupIngress", rule)).Status);
        await WaitForBannerAsync(task, task.View.PublicAddress!);
        Assert.Equal(200, (await task.Client.Ec2Async("RevokeSecurityGroupIngress", rule)).Status);
        await Wait.ForAsync(
            async () => await ConnectsAsync(task.View.PublicAddress!, port) ? null : "closed", "the address to be closed again");
    }

    [Fact]
    public async Task A_rule_can_let_the_members_of_a_group_in()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);
        (string, string)[] rule =
        [
            ("GroupId", fargate.SecurityGroups[0]), ("IpPermissions.1.IpProtocol", "tcp"), ("IpPermissions.1.FromPort", "22"),
            ("IpPermissions.1.ToPort", "22"), ("IpPermissions.1.Groups.1.GroupId", fargate.SecurityGroups[1]),
        ];

        Assert.Equal(200, (await client.Ec2Async("AuthorizeSecurityGroupIngress", rule)).Status);
        Assert.Equal("InvalidPermission.Duplicate", (await client.Ec2Async("AuthorizeSecurityGroupIngress", rule)).Error);
        var described = await client.Ec2Async("DescribeSecurityGroups", ("GroupId.1", fargate.SecurityGroups[0]));

        var groups = described.Document.Descendants().First(node => node.Name.LocalName == "groups");
        Assert.Equal(fargate.SecurityGroups[1], groups.Value);
    }

    private static LocalFargateOptions Options(OperatorPlace place) => new()
    {
        HasStandInPlugin = false,
        Operator = place,
        SessionManager = new SessionManagerOptions { AgentInterval = TimeSpan.Zero },
    };

    private static async Task<string> ReadBannerAsync(DataChannelClient client)
    {
        for (uint stream = 3; ; stream += 2)
        {
            await client.SendDataAsync(Mux.Frame(Mux.Open, stream));
            while (true)
            {
                var message = await client.ReadDataAsync();
                if (message.PayloadType == 1 && message.Payload[1] == Mux.Data)
                {
                    return Encoding.ASCII.GetString(message.Payload.AsSpan(8));
                }

                if (message.PayloadType == 1)
                {
                    break;
                }
            }
        }
    }

    private static Task<string> WaitForBannerAsync(SessionTask task, string address) => Wait.ForAsync(
        async () => await ConnectsAsync(address, task.Fargate.SshPort) ? await TaskLogin.ReadBannerAsync(address, task.Fargate.SshPort) : null,
        "sshd's first line");

    /// <summary>Whether a connection is made there, soon: packets that are dropped are never answered.</summary>
    private static async Task<bool> ConnectsAsync(string address, int port)
    {
        using var client = new TcpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        try
        {
            await client.ConnectAsync(address, port, limit.Token);
            return true;
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
