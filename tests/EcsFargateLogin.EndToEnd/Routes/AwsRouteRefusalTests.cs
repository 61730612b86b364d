using System.Management.Automation;
using System.Net;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.Routes;

/// <summary>The routes through AWS where something is missing: the errors, and that nothing is left behind.</summary>
public sealed class AwsRouteRefusalTests
{
    private const string ByInstanceConnect = "New-FargateSession -AssignPublicIp Disabled -Route InstanceConnect -Wait";
    private const string BySessionManager = "New-FargateSession -AssignPublicIp Disabled -Route SessionManager -Wait";

    [Fact]
    public async Task Without_an_endpoint_the_error_names_the_VPC_and_how_to_make_one()
    {
        await using var me = await OutsideAsync();

        var error = me.ErrorOf(ByInstanceConnect);

        Assert.Equal("RouteUnavailable,EcsFargateLogin.Cmdlets.NewFargateSessionCommand", error.Id);
        Assert.Matches("^vpc-[0-9a-f]+, the VPC of session fl-[a-z0-9]+, has no EC2 Instance Connect Endpoint\\.", error.Message);
        Assert.Contains("aws ec2 create-instance-connect-endpoint", error.NextStep, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task Endpoints_that_accept_no_tunnels_are_named_with_their_states()
    {
        await using var me = await OutsideAsync(
            new InstanceConnectEndpointOptions { State = "create-in-progress" },
            new InstanceConnectEndpointOptions { State = "create-failed", StateMessage = "no free address" });

        var error = me.ErrorOf(ByInstanceConnect);

        Assert.Contains(" is create-in-progress, eice-", error.Message, StringComparison.Ordinal);
        Assert.Contains(" is create-failed (no free address).", error.Message, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task An_endpoint_that_is_named_is_the_only_one_that_is_used()
    {
        await using var me = await OutsideAsync(new InstanceConnectEndpointOptions());

        var error = me.ErrorOf($"{ByInstanceConnect} -InstanceConnectEndpoint eice-0123");

        Assert.Equal("RouteUnavailable", error.Id.Split(',')[0]);
        Assert.Contains("has no EC2 Instance Connect Endpoint eice-0123.", error.Message, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_denied_tunnel_is_an_error_at_once_that_names_the_action()
    {
        await using var me = await OutsideAsync(new InstanceConnectEndpointOptions());
        me.Fargate.Faults.Add(new AccessDenied { Operation = "OpenTunnel" });

        var error = me.ErrorOf(ByInstanceConnect);

        Assert.Equal("WebSocketRefused", error.Id.Split(',')[0]);
        Assert.Contains("ec2-instance-connect:OpenTunnel", error.Message, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task Other_ports_than_those_of_Instance_Connect_are_refused()
    {
        await using var me = await OutsideAsync(new InstanceConnectEndpointOptions());

        var error = me.ErrorOf($"{ByInstanceConnect} -Port 2222");

        error.Is("InvalidRoute", ErrorCategory.InvalidArgument, "2222", isTerminating: true);
        Assert.Contains("port 22 or 3389 only", error.Message, StringComparison.Ordinal);
        me.HasStartedNothing();
    }

    [Fact]
    public async Task A_public_route_to_a_task_without_a_public_address_is_refused()
    {
        await using var me = await OutsideAsync();

        var error = me.ErrorOf("New-FargateSession -AssignPublicIp Disabled -Route Public");

        error.Is("InvalidRoute", ErrorCategory.InvalidArgument, "Public", isTerminating: true);
        me.HasStartedNothing();
    }

    [Fact]
    public async Task A_denied_session_says_that_AWS_recommends_it_and_what_is_left()
    {
        await using var me = await OutsideAsync();
        me.Fargate.Faults.Add(new AccessDenied { Operation = "StartSession" });

        var error = me.ErrorOf(BySessionManager);

        Assert.Equal(("AccessDenied", ErrorCategory.PermissionDenied), (error.Id.Split(',')[0], error.Category));
        Assert.Contains("ssm:StartSession", error.Message, StringComparison.Ordinal);
        Assert.Contains("AWS recommends", error.NextStep, StringComparison.Ordinal);
        Assert.Contains("-Route InstanceConnect", error.NextStep, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task An_agent_that_is_not_connected_yet_is_asked_again()
    {
        await using var me = await OutsideAsync();
        me.Fargate.Faults.Add(new TargetNotConnected { Operation = "StartSession", Times = 2 });

        Assert.Null(me.Run($"$session = {BySessionManager}; $session | Stop-FargateSession").TerminatingError);

        Assert.Equal(3, me.Calls("StartSession").Count);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_session_that_was_started_without_the_agent_cannot_be_reached_by_it()
    {
        await using var me = await OutsideAsync();

        var error = me.ErrorOf(
            "$session = New-FargateSession -AssignPublicIp Disabled -Route Private; "
            + "try { $session | Wait-FargateSession -Route SessionManager -Timeout 60 } finally { $session | Stop-FargateSession }");

        Assert.Equal("TransportUnavailable", error.Id.Split(',')[0]);
        Assert.Contains("was started without ECS Exec", error.Message, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    [Theory]
    [InlineData("SessionManager")]
    [InlineData("InstanceConnect")]
    public async Task A_clock_that_is_ten_minutes_off_does_not_matter(string route)
    {
        await using var me = await Operator.StartAsync(new LocalFargateOptions
        {
            ClockOffset = TimeSpan.FromMinutes(10),
            InstanceConnectEndpoints = [new InstanceConnectEndpointOptions()],
        });
        var group = me.Fargate.SecurityGroups[0];
        me.Fargate.AddIngressRule(group, group, me.Fargate.SshPort, "the endpoint");

        var run = me.Run($"New-FargateSession -AssignPublicIp Disabled -Route {route} | Invoke-FargateCommand 'echo here'");

        Assert.Null(run.TerminatingError);
        Assert.Empty(run.Errors);
        Assert.Equal("here", Assert.Single(run.Output).ToString());
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_clock_that_is_put_right_between_two_calls_does_not_matter()
    {
        await using var me = await Operator.StartAsync();
        ClockOff[] faults =
        [
            .. from operation in (string[])["RunTask", "DescribeTasks", "DescribeNetworkInterfaces"]
               select me.Fargate.Faults.Add(new ClockOff { Operation = operation, Times = 1, By = TimeSpan.FromMinutes(15) }),
        ];

        var run = me.Run("New-FargateSession | Invoke-FargateCommand 'echo here'");

        Assert.Empty(run.Errors);
        Assert.Equal("here", Assert.Single(run.Output).ToString());
        Assert.All(faults, fault => Assert.Equal(1, fault.Uses));
        await me.HasLeftNothingAsync();
    }

    private static Task<Operator> OutsideAsync(params InstanceConnectEndpointOptions[] endpoints) =>
        Operator.StartAsync(new LocalFargateOptions
        {
            Operator = new OperatorPlace(IPAddress.Parse("203.0.113.7")),
            InstanceConnectEndpoints = endpoints,
        });
}
