using System.Net;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.Doctor;

/// <summary>Test-FargateLogin -Route: what each route needs, what is missing, and what to do about it.</summary>
public sealed class RouteDoctorTests : IAsyncLifetime
{
    private const string Mine = "203.0.113.7";

    private Operator _me = null!;

    private string Group => _me.Fargate.SecurityGroups[0];

    private string Private =>
        $"Test-FargateLogin rails-cli -Cluster local -Subnet {_me.Fargate.Subnets[0]} -SecurityGroup {Group} -MyAddress {Mine} "
        + "-AssignPublicIp Disabled";

    public async Task InitializeAsync() => _me = await Operator.StartAsync(new LocalFargateOptions
    {
        Operator = new OperatorPlace(IPAddress.Parse(Mine)),
    });

    public async Task DisposeAsync() => await _me.DisposeAsync();

    [Fact]
    public void Auto_is_examined_by_each_route_that_the_task_could_use_and_what_one_lacks_is_a_warning()
    {
        var endpoint = _me.Fargate.AddInstanceConnectEndpoint();
        _me.Fargate.AddIngressRule(Group, Group, 22, "the endpoint");

        var rows = Rows(Private);

        Assert.All(
            (string[])
            [
                "task role", "root file system", "platform version", "Instance Connect", $"ingress from {endpoint}",
                "ec2:DescribeInstanceConnectEndpoints", "ec2-instance-connect:OpenTunnel", "ssm:StartSession",
                "ssmmessages:OpenDataChannel", "ssm:ResumeSession", "ssm:TerminateSession", "routes",
            ],
            check => Assert.Equal((check, "Passed"), (check, Row(rows, check).Result)));
        Assert.Equal("Warning", Row(rows, "ingress").Result);
        Assert.StartsWith("InstanceConnect, SessionManager; not Private: ingress: port 22", Row(rows, "routes").Detail, StringComparison.Ordinal);
        var tunnel = _me.Calls("SimulatePrincipalPolicy")
            .Single(call => call.Parameters["ActionNames"]![0]!.ToString() == "ec2-instance-connect:OpenTunnel").Parameters;
        Assert.EndsWith($":123456789012:instance-connect-endpoint/{endpoint}", tunnel["ResourceArns"]![0]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            ["ip", "numeric", "numeric"],
            tunnel["ContextEntries"]!.AsArray().Select(entry => entry!["ContextKeyType"]!.ToString()).Order(StringComparer.Ordinal));
        Assert.Empty(_me.Calls("RunTask"));
        Assert.Empty(_me.Fargate.Sessions);
    }

    [Fact]
    public void Where_no_route_is_left_the_verdict_fails()
    {
        _me.Fargate.AddIngressRule(Group, "10.9.0.0/16", 22, "others");
        _me.Fargate.SetDefaultRoute(_me.Fargate.Subnets[0], "nat-1");
        _me.Fargate.RegisterTaskDefinition(new TaskDefinitionOptions("roleless") { Containers = [new ContainerOptions("cli")] });

        var withPublic = Rows(Private.Replace("Disabled", "Enabled", StringComparison.Ordinal));
        var alone = Rows(Private.Replace("rails-cli", "roleless", StringComparison.Ordinal));

        Assert.Equal("Failed", Row(withPublic, "routes").Result);
        Assert.Contains("none leads to the task", Row(withPublic, "routes").Detail, StringComparison.Ordinal);
        Assert.Contains("not InstanceConnect: vpc-", Row(withPublic, "routes").Detail, StringComparison.Ordinal);
        Assert.Equal(("Failed", "Failed"), (Row(alone, "ingress").Result, Row(alone, "routes").Result));
        Assert.All(
            (string[])["Instance Connect", "task role"],
            check => Assert.Equal((check, "Warning"), (check, Row(alone, check).Result)));
    }

    [Theory]
    [InlineData("create-in-progress", null, "", "create-in-progress")]
    [InlineData("create-failed", "the subnet is full", "", "create-failed (the subnet is full)")]
    [InlineData("create-complete", null, "-InstanceConnectEndpoint eice-other", "no EC2 Instance Connect Endpoint eice-other")]
    [InlineData("create-complete", null, "-Port 2222", "port 22 or 3389 only")]
    [InlineData(null, null, "", "has no EC2 Instance Connect Endpoint")]
    public void Instance_Connect_needs_an_endpoint_that_is_complete_in_the_VPC(
        string? state, string? message, string parameters, string expected)
    {
        // One of another VPC is none.
        _me.Fargate.AddInstanceConnectEndpoint(new InstanceConnectEndpointOptions { VpcId = "vpc-0123456789abcdef0" });
        if (state is not null)
        {
            _me.Fargate.AddInstanceConnectEndpoint(new InstanceConnectEndpointOptions { State = state, StateMessage = message });
        }

        var rows = Rows($"{Private} -Route InstanceConnect {parameters}");

        var row = Assert.Single(rows, row => row.Check == "Instance Connect" && row.Result == "Failed");
        Assert.Contains(expected, row.Detail, StringComparison.Ordinal);
        Assert.NotEmpty(row.Fix);
        Assert.Empty(rows.Select(each => each.Check).Intersect(["ingress", "task role", "ssm:StartSession", "routes"]));
    }

    [Theory]
    [InlineData(false, "GROUP", "Passed")]
    [InlineData(false, "0.0.0.0/0", "Passed")]
    [InlineData(false, "SUBNET", "Passed")]
    [InlineData(false, "127.0.0.0/8", "Passed")]
    [InlineData(false, "198.51.100.0/24", "Failed")]
    [InlineData(false, null, "Failed")]
    [InlineData(true, "203.0.113.0/24", "Passed")]
    [InlineData(true, "SUBNET", "Failed")]
    public void The_tasks_security_group_has_to_admit_the_endpoint(bool preservesAddress, string? source, string expected)
    {
        var other = _me.Fargate.SecurityGroups[1];
        var endpoint = _me.Fargate.AddInstanceConnectEndpoint(new InstanceConnectEndpointOptions
        {
            SecurityGroups = [other], PreserveClientIp = preservesAddress,
        });
        if (source is not null)
        {
            _me.Fargate.AddIngressRule(
                Group, source switch { "GROUP" => other, "SUBNET" => _me.Fargate.SubnetBlocks[0], _ => source }, 22, "x");
        }

        var row = Row(Rows($"{Private} -Route InstanceConnect"), $"ingress from {endpoint}");

        Assert.Equal((expected, expected != "Passed"), (row.Result, row.Fix.Length > 0));
    }

    [Fact]
    public void Session_Manager_lacks_what_its_rows_say()
    {
        _me.Fargate.Faults.Add(new AccessDenied { Operation = "StartSession" });
        _me.Fargate.DenyInSimulation("ssm:TerminateSession");
        _me.Fargate.RegisterTaskDefinition(new TaskDefinitionOptions("odd")
        {
            Containers = [new ContainerOptions("cli") { ReadOnlyRoot = true }],
        });
        _me.Fargate.SetDefaultRoute(_me.Fargate.Subnets[0], target: null);

        var rows = Rows($"{Private.Replace("rails-cli", "odd", StringComparison.Ordinal)} -Route SessionManager -PlatformVersion 1.3.0");

        Assert.All(
            (string[])["ssm:StartSession", "task role", "root file system", "platform version"],
            check => Assert.Equal((check, "Failed", true), (check, Row(rows, check).Result, Row(rows, check).Fix.Length > 0)));
        Assert.Contains("not logged", Row(rows, "ssm:StartSession").Fix, StringComparison.Ordinal);
        Assert.Contains("session-manager-policy.json", Row(rows, "ssm:StartSession").Fix, StringComparison.Ordinal);
        Assert.Equal("Warning", Row(rows, "ssm:TerminateSession").Result);
        Assert.Contains("works only by one for ssmmessages", Row(rows, $"route of {_me.Fargate.Subnets[0]}").Detail, StringComparison.Ordinal);
        Assert.Empty(rows.Select(row => row.Check).Intersect(["ingress", "Instance Connect", "ecs:ExecuteCommand", "routes"]));
    }

    [Fact]
    public void A_public_address_has_to_be_assigned_to_be_the_route()
    {
        var row = Row(Rows($"{Private} -Route Public"), "public address");

        Assert.Equal(("Failed", "Give -AssignPublicIp Enabled, or another -Route."), (row.Result, row.Fix));
    }

    [Theory]
    [InlineData("InstanceConnect")]
    [InlineData("SessionManager")]
    public async Task Deep_decides_by_a_session_through_the_route(string route)
    {
        _me.Fargate.AddInstanceConnectEndpoint();
        _me.Fargate.AddIngressRule(Group, Group, _me.Fargate.SshPort, "the endpoint");
        _me.Fargate.SetDefaultRoute(_me.Fargate.Subnets[0], "nat-1");

        var rows = Rows($"{Private} -Route {route} -Port {_me.Fargate.SshPort} -Deep");

        Assert.DoesNotContain(rows, row => row.Result is "Failed" or "Warning");
        Assert.StartsWith(
            $"its SSH server answers by route {route}:", Row(rows, "session ready").Detail, StringComparison.Ordinal);
        await _me.HasLeftNothingAsync();
        await Eventually.BecomesAsync(
            () => _me.Fargate.Sessions.All(session => session.Status == SessionStatus.Ended), () => "A session is left.");
    }

    private IReadOnlyList<CheckRow> Rows(string script)
    {
        var run = _me.Run(script);
        Assert.Null(run.TerminatingError);
        Assert.Empty(run.Errors);
        return [.. run.Output.Select(row => new CheckRow(Text(row, "Check"), Text(row, "Result"), Text(row, "Detail"), Text(row, "Fix")))];
    }

    private static string Text(System.Management.Automation.PSObject row, string name) => row.Properties[name].Value.ToString()!;

    private static CheckRow Row(IReadOnlyList<CheckRow> rows, string check) => Assert.Single(rows, row => row.Check == check);

    private sealed record CheckRow(string Check, string Result, string Detail, string Fix);
}
