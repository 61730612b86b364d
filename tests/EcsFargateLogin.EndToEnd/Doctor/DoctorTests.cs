using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.LocalFargateTests;
using LocalFargate;
using LocalFargate.Faults;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.Doctor;

/// <summary>Test-FargateLogin: a row for everything, and no error whatever it finds.</summary>
public sealed class DoctorTests : IAsyncLifetime
{
    private const string Mine = "198.51.100.7";

    private Operator _me = null!;

    private string Subnet => _me.Fargate.Subnets[0];

    private string Group => _me.Fargate.SecurityGroups[0];

    private string Everything =>
        $"Test-FargateLogin rails-cli -Cluster local -Subnet {Subnet} -SecurityGroup {Group} -Port {_me.Fargate.SshPort} -MyAddress {Mine}";

    public async Task InitializeAsync() => _me = await Operator.StartAsync();

    public async Task DisposeAsync() => await _me.DisposeAsync();

    [Fact]
    public void Where_all_is_well_everything_passes()
    {
        _me.Fargate.AddIngressRule(Group, "198.51.100.0/24", _me.Fargate.SshPort, "office");

        var rows = Rows(Everything);

        Assert.All(rows, row => Assert.Equal("Passed", row.Result));
        Assert.All(
            (string[])
            [
                "ssh", "ssh-keygen", "credentials", "region", "clock", "cluster", "task definition", "Fargate", "container",
                "architecture", "port mapping", "log driver", "stop timeout", "_AUTHORIZED_PUBLIC_KEY", $"subnet {Subnet}", "VPC",
                $"route of {Subnet}", $"security group {Group}", "ingress", "ecs:DescribeTasks", "ecs:ListTasks", "ecs:StopTask",
                "ecs:DescribeClusters", "ecs:DescribeTaskDefinition", "ec2:DescribeNetworkInterfaces", "logs:GetLogEvents",
                "roles", "ecs:RunTask", "iam:PassRole", "ecs:TagResource",
            ],
            check => Row(rows, check));
        Assert.Contains("arn:aws:iam::123456789012:user/local", Row(rows, "credentials").Detail, StringComparison.Ordinal);
        Assert.Empty(_me.Calls("RunTask"));
    }

    [Fact]
    public void With_no_permission_for_anything_it_finishes_and_says_what_it_could_not_check()
    {
        _me.Fargate.Faults.Add(new AccessDenied());

        var rows = Rows(Everything);

        Assert.All(
            (string[])["credentials", "cluster", "task definition", "subnets", "security groups", "clock"],
            check => Assert.Equal("NotChecked", Row(rows, check).Result));
        Assert.All(
            (string[])["ecs:DescribeTasks", "ecs:ListTasks", "ecs:StopTask", "ec2:DescribeNetworkInterfaces"],
            check => Assert.Equal("Failed", Row(rows, check).Result));
        Assert.All(
            (string[])["ecs:RunTask", "iam:PassRole", "ecs:TagResource"],
            check => Assert.Equal("NotChecked", Row(rows, check).Result));
        Assert.Equal("Warning", Row(rows, "ecs:DescribeTaskDefinition").Result);
        Assert.Contains("doctor-policy.json", Row(rows, "subnets").Fix, StringComparison.Ordinal);
        Assert.All(rows.Where(row => row.Result is "Failed"), row => Assert.NotEmpty(row.Fix));
    }

    [Fact]
    public void What_only_a_start_shows_is_asked_of_the_policy_simulator()
    {
        _me.Fargate.DenyInSimulation("ecs:RunTask");
        _me.Fargate.DenyInSimulation("iam:PassRole", "aws:MultiFactorAuthPresent");
        _me.Fargate.DenyInSimulation("ecs:TagResource");

        var rows = Rows(Everything);

        Assert.Equal("Failed", Row(rows, "ecs:RunTask").Result);
        Assert.Contains(":task-definition/rails-cli:", Row(rows, "ecs:RunTask").Detail, StringComparison.Ordinal);
        Assert.Equal("Warning", Row(rows, "iam:PassRole").Result);
        Assert.Contains("aws:MultiFactorAuthPresent", Row(rows, "iam:PassRole").Detail, StringComparison.Ordinal);
        Assert.Equal("Warning", Row(rows, "ecs:TagResource").Result);
        Assert.All(
            _me.Calls("SimulatePrincipalPolicy"),
            call => Assert.Equal("arn:aws:iam::123456789012:user/local", (string?)call.Parameters["PolicySourceArn"]));
    }

    [Fact]
    public async Task Of_a_roles_session_it_is_the_role_that_is_asked_about()
    {
        await using var me = await Operator.StartAsync(new() { CallerArn = "arn:aws:sts::123456789012:assumed-role/console/me" });

        me.Run("Test-FargateLogin rails-cli -Cluster local");

        Assert.All(
            me.Calls("SimulatePrincipalPolicy"),
            call => Assert.Equal("arn:aws:iam::123456789012:role/ops/console", (string?)call.Parameters["PolicySourceArn"]));
        Assert.Equal(3, me.Calls("SimulatePrincipalPolicy").Count);
    }

    [Fact]
    public void Where_the_simulator_may_not_be_asked_it_is_asked_once()
    {
        _me.Fargate.Faults.Add(new AccessDenied { Operation = "SimulatePrincipalPolicy" });

        var rows = Rows(Everything);

        Assert.Equal(("NotChecked", "Run it with -Deep."), (Row(rows, "ecs:RunTask").Result, Row(rows, "ecs:RunTask").Fix));
        Assert.Contains("iam:SimulatePrincipalPolicy", Row(rows, "iam:PassRole").Detail, StringComparison.Ordinal);
        Assert.Single(_me.Calls("SimulatePrincipalPolicy"));
    }

    [Theory]
    [InlineData("igw-1", "Enabled", "Passed")]
    [InlineData("igw-1", "Disabled", "Warning")]
    [InlineData("nat-1", "Enabled", "Failed")]
    [InlineData("nat-1", "Disabled", "Passed")]
    [InlineData(null, "Enabled", "Failed")]
    [InlineData(null, "Disabled", "Warning")]
    public void A_route_has_to_lead_where_the_task_is_reached_from(string? target, string assignPublicIp, string expected)
    {
        _me.Fargate.SetDefaultRoute(Subnet, target);

        var row = Row(Rows($"{Everything} -AssignPublicIp {assignPublicIp}"), $"route of {Subnet}");

        Assert.Equal((expected, expected != "Passed"), (row.Result, row.Fix.Length > 0));
    }

    [Theory]
    [InlineData("203.0.113.0/24", 0, "Failed")]
    [InlineData("198.51.100.0/24", 1, "Failed")]
    [InlineData("0.0.0.0/0", 0, "Passed")]
    [InlineData("2001:db8::/32", 0, "Failed")]
    public void Ingress_is_for_the_port_and_the_address(string cidr, int portOffset, string expected)
    {
        _me.Fargate.AddIngressRule(Group, cidr, _me.Fargate.SshPort + portOffset, "x");

        Assert.Equal(expected, Row(Rows(Everything), "ingress").Result);
    }

    [Fact]
    public async Task What_is_wrong_with_a_task_definition_is_told_apart()
    {
        using FargateClient client = new(_me.Fargate);
        await client.EcsAsync("RegisterTaskDefinition", JsonNode.Parse("""
            {
              "family": "odd", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512",
              "containerDefinitions": [
                { "name": "cli", "image": "x", "stopTimeout": 2, "portMappings": [],
                  "environment": [{ "name": "_SSH_PORT", "value": "2222" }],
                  "secrets": [{ "name": "_AUTHORIZED_PUBLIC_KEY", "valueFrom": "arn:aws:ssm:us-east-1:1:parameter/k" }] }
              ]
            }
            """)!);
        _me.Fargate.RegisterTaskDefinition(new TaskDefinitionOptions("old")
        {
            NetworkMode = "bridge", RequiresCompatibilities = ["EC2"], Containers = [new ContainerOptions("app")],
        });

        var odd = Rows("Test-FargateLogin odd");
        var old = Rows("Test-FargateLogin old");

        Assert.All(
            (string[])["port mapping", "_AUTHORIZED_PUBLIC_KEY", "roles"], check => Assert.Equal("Failed", Row(odd, check).Result));
        Assert.All((string[])["stop timeout", "log driver"], check => Assert.Equal("Warning", Row(odd, check).Result));
        Assert.Equal("Failed", Row(old, "Fargate").Result);
        Assert.Equal("Failed", Row(Rows("Test-FargateLogin none"), "task definition").Result);
        Assert.Equal("Failed", Row(Rows("Test-FargateLogin odd -ContainerName web"), "container").Result);
    }

    [Theory]
    [InlineData(10, "Passed")]
    [InlineData(-200, "Warning")]
    [InlineData(900, "Failed")]
    public void The_clock_is_compared_with_AWSs(int seconds, string expected)
    {
        _me.Fargate.Faults.Add(new ClockOff { By = TimeSpan.FromSeconds(seconds) });

        Assert.Equal(expected, Row(Rows("Test-FargateLogin"), "clock").Result);
    }

    [Fact]
    public async Task Deep_starts_a_session_tells_its_phases_and_stops_it()
    {
        var rows = Rows($"{Everything} -Deep");

        Assert.Equal("Passed", Row(rows, "session ready").Result);
        Assert.Equal("Passed", Row(rows, "session stop").Result);
        // Which phases a poll meets is a matter of time.
        Assert.Contains(rows, row => row.Check == "session" && Regex.IsMatch(row.Detail, @"^[A-Z]+ after [0-9.]+ s$"));
        await _me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task Deep_says_why_a_session_does_not_come_up_and_stops_it()
    {
        _me.Fargate.Faults.Add(new TaskStopsEarly { At = TaskPhase.Pending, StoppedReason = "CannotPullContainerError: no" });

        var row = Row(Rows($"{Everything} -Deep"), "session ready");

        Assert.Equal("Failed", row.Result);
        Assert.Contains("CannotPullContainerError", row.Detail, StringComparison.Ordinal);
        Assert.Empty(_me.SessionFolders());
        await Eventually.BecomesAsync(() => _me.Fargate.Tasks.All(task => task.StopCode is not null), () => "It runs on.");
    }

    [Fact]
    public async Task Ctrl_C_under_Deep_stops_the_task()
    {
        _me.Fargate.Faults.Add(new SshSilent());
        var run = _me.Start($"{Everything} -Deep");
        await _me.ReceivesAsync("RunTask");
        await Eventually.BecomesAsync(() => _me.Calls("DescribeTasks").Count > 1, () => "No poll came.");

        run.Stop();
        await run.Completion;

        await _me.HasLeftNothingAsync();
    }

    [Fact]
    public void The_view_has_a_symbol_for_each_result_and_no_colour_where_none_is_wanted()
    {
        _me.Run("$PSStyle.OutputRendering = 'PlainText'");
        _me.Fargate.Faults.Add(new AccessDenied { Operation = "SimulatePrincipalPolicy" });

        var text = _me.Run($"{Everything} | Out-String -Width 120").Output[0].ToString()!;

        Assert.Matches(@"(?m)^✔ ssh ", text);
        Assert.Matches(@"(?m)^✘ ingress ", text);
        Assert.Matches(@"(?m)^– ecs:RunTask ", text);
        Assert.Contains("→ Give New-FargateSession -AuthorizeMyAddress", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text);
    }

    [Fact]
    public async Task The_symbols_have_colours_unless_NO_COLOR_is_set_and_are_ASCII_where_the_console_has_no_more()
    {
        await using var run = TerminalRun.UnderTerminal(_me.Process(
            """
            Test-FargateLogin
            $env:NO_COLOR = '1'
            Test-FargateLogin
            [Console]::OutputEncoding = [Text.Encoding]::ASCII
            Test-FargateLogin
            'up-' + 'done'
            """));

        await run.ShowsAsync("up-done");

        Assert.Single(run.Screen.Split("\u001b[32m✔\u001b[0m ssh ")[1..]);
        Assert.Single(run.Screen.Split("\n✔ ssh ")[1..]);
        Assert.Single(run.Screen.Split("\n+ ssh ")[1..]);
        Assert.Contains("-> Run it with -Deep.", run.Screen, StringComparison.Ordinal);
    }

    private IReadOnlyList<CheckRow> Rows(string script)
    {
        var run = _me.Run(script);
        Assert.Null(run.TerminatingError);
        Assert.Empty(run.Errors);
        return
        [
            .. run.Output.Select(row => new CheckRow(
                Text(row, "Check"), Text(row, "Result"), Text(row, "Detail"), Text(row, "Fix"))),
        ];
    }

    private static string Text(System.Management.Automation.PSObject row, string name) => row.Properties[name].Value.ToString()!;

    private static CheckRow Row(IReadOnlyList<CheckRow> rows, string check) => Assert.Single(rows, row => row.Check == check);

    private sealed record CheckRow(string Check, string Result, string Detail, string Fix);
}
