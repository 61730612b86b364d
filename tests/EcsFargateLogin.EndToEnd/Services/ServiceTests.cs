using System.Management.Automation;
using System.Text.Json.Nodes;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Services;

/// <summary>Sessions that start from what runs already: a service, or an application's task definition.</summary>
public sealed class ServiceTests : IAsyncLifetime
{
    /// <summary>All that a user of a service types is how to reach it.</summary>
    private const string TypeLittle =
        "foreach ($_ in 'TaskDefinition', 'Subnet', 'SecurityGroup') { $PSDefaultParameterValues.Remove(\"New-FargateSession:$_\") }";

    private Operator _me = null!;

    public async Task InitializeAsync()
    {
        _me = await Operator.StartAsync();
        // An application: its image holds start-sshd.sh, its command is something else, and a side-car goes with it.
        _me.Fargate.RegisterTaskDefinition(new TaskDefinitionOptions("rails")
        {
            Containers =
            [
                new ContainerOptions("web")
                {
                    Command = ["sleep", "3600"],
                    Environment = new Dictionary<string, string> { ["RAILS_ENV"] = "test" },
                },
                new ContainerOptions("agent") { Image = ContainerOptions.PlainImage, Essential = false },
            ],
        });
    }

    public async Task DisposeAsync() => await _me.DisposeAsync();

    [Fact]
    public async Task A_service_is_all_that_a_shell_in_its_application_needs()
    {
        Register(Web with { AssignPublicIp = true });

        var run = await _me.RunProcessAsync(
            $"{TypeLittle} New-FargateSession -Service web | Enter-FargateShell", "echo $RAILS_ENV\n");

        Assert.Equal(("test\n", ""), (run.Output, run.Error));
        await _me.LeftNothingAsync();
    }

    [Fact]
    public void Everything_that_a_service_says_reaches_ECS()
    {
        Register(Web with
        {
            PlatformVersion = "1.4.0",
            CapacityProviders = ["FARGATE_SPOT"],
            Tags = new Dictionary<string, string> { ["team"] = "billing", ["aws:cloudformation:stack-name"] = "web" },
        });

        var sent = StartAndStop("New-FargateSession -Service web -Reason INC-1");

        Assert.EndsWith(":task-definition/rails:1", (string?)sent["taskDefinition"], StringComparison.Ordinal);
        var network = sent["networkConfiguration"]!["awsvpcConfiguration"]!;
        Assert.Equal(_me.Fargate.Subnets, Strings(network["subnets"]));
        Assert.Equal(_me.Fargate.SecurityGroups, Strings(network["securityGroups"]));
        Assert.Equal("DISABLED", (string?)network["assignPublicIp"]);
        Assert.Equal("1.4.0", (string?)sent["platformVersion"]);
        Assert.Equal("FARGATE_SPOT", (string?)sent["capacityProviderStrategy"]![0]!["capacityProvider"]);
        Assert.Equal(
            ["ecs-fargate-login:reason", "ecs-fargate-login:user", "team"],
            sent["tags"]!.AsArray().Select(tag => (string)tag!["key"]!).Order(StringComparer.Ordinal));
        var container = sent["overrides"]!["containerOverrides"]![0]!;
        Assert.Equal("web", (string?)container["name"]);
        Assert.Equal(["/usr/local/bin/start-sshd.sh"], Strings(container["command"]));
    }

    [Fact]
    public void Parameters_take_the_place_of_what_the_service_says_one_by_one()
    {
        Register(Web with
        {
            CapacityProviders = ["FARGATE_SPOT"],
            Tags = new Dictionary<string, string> { ["team"] = "billing" },
        });

        var sent = StartAndStop(
            $"""
            New-FargateSession rails-cli -Service web -Subnet {_me.Fargate.Subnets[1]} -AssignPublicIp Enabled `
                -CapacityProvider FARGATE -Tag @{'{'}{'}'} -PlatformVersion LATEST
            """);

        Assert.Equal("rails-cli", (string?)sent["taskDefinition"]);
        var network = sent["networkConfiguration"]!["awsvpcConfiguration"]!;
        Assert.Equal([_me.Fargate.Subnets[1]], Strings(network["subnets"]));
        Assert.Equal(_me.Fargate.SecurityGroups, Strings(network["securityGroups"]));
        Assert.Equal("ENABLED", (string?)network["assignPublicIp"]);
        Assert.Equal(("FARGATE", "LATEST"), ((string?)sent["launchType"], (string?)sent["platformVersion"]));
        Assert.Null(sent["tags"]);
        Assert.Null(sent["overrides"]!["containerOverrides"]![0]!["command"]);
    }

    [Fact]
    public void A_service_that_CodeDeploy_deploys_is_known_by_its_primary_task_set()
    {
        Register(Web with { IsDeployedByTaskSets = true });

        Assert.Equal(_me.Fargate.Subnets, Strings(
            StartAndStop("New-FargateSession -Service web")["networkConfiguration"]!["awsvpcConfiguration"]!["subnets"]));
    }

    [Fact]
    public void A_service_s_ARN_tells_its_cluster_and_the_object_says_what_the_service_gave()
    {
        var arn = Register(Web);

        var run = Run(
            $"""
            $PSDefaultParameterValues.Remove('New-FargateSession:Cluster')
            $session = New-FargateSession -Service {arn} -AssignPublicIp Disabled -Verbose
            $session.Cluster
            ($session.ParameterSource.Keys | Sort-Object) -join ' '
            $session.ParameterSource['Subnet']
            $session | Stop-FargateSession
            """);

        Assert.Empty(run.Errors);
        Assert.Equal(
            ["local", "CapacityProvider PlatformVersion SecurityGroup Subnet Tag TaskDefinition", $"service {arn}"],
            run.Output.Select(line => line.ToString()));
        Assert.Contains(
            $"Service '{arn}' gives TaskDefinition, Subnet, SecurityGroup, PlatformVersion, CapacityProvider, Tag.", run.Verbose);
    }

    [Fact]
    public void A_service_that_is_not_there_starts_nothing()
    {
        Register(Web with { Status = "INACTIVE" });

        foreach (var name in new[] { "web", "wbe" })
        {
            var error = ErrorOf($"New-FargateSession -Service {name}");

            var message = error.Is("ServiceNotFound", ErrorCategory.ObjectNotFound, name);
            Assert.Contains("'local'", message, StringComparison.Ordinal);
        }

        _me.HasStartedNothing();
    }

    [Fact]
    public void A_service_that_is_not_of_Fargate_or_has_no_awsvpc_configuration_starts_nothing()
    {
        Register(Web with { LaunchType = "EC2" });
        Register(new ServiceOptions("bare") { Cluster = _me.Fargate.Cluster, TaskDefinition = "rails" });

        var ec2 = ErrorOf("New-FargateSession -Service web").Is("ServiceUnsuitable", ErrorCategory.InvalidArgument, "web");
        var bare = ErrorOf("New-FargateSession -Service bare").Is("ServiceUnsuitable", ErrorCategory.InvalidArgument, "bare");

        Assert.Contains("it runs on EC2, not on Fargate", ec2, StringComparison.Ordinal);
        Assert.Contains("no awsvpc configuration", bare, StringComparison.Ordinal);
        _me.HasStartedNothing();
    }

    [Fact]
    public async Task An_application_s_task_definition_needs_no_second_one()
    {
        var run = await _me.RunProcessAsync(
            "New-FargateSession -FromTaskDefinition rails -MaxLifetime 600 | Enter-FargateShell", "echo $RAILS_ENV\n");

        Assert.Equal(("test\n", ""), (run.Output, run.Error));
        var container = Assert.Single(_me.Calls("RunTask")).Parameters["overrides"]!["containerOverrides"]![0]!;
        Assert.Equal("web", (string?)container["name"]);
        Assert.Equal(["/usr/local/bin/start-sshd.sh"], Strings(container["command"]));
        await _me.LeftNothingAsync();
    }

    [Fact]
    public void Two_kinds_of_task_definition_are_refused_by_PowerShell()
    {
        var error = ErrorOf("New-FargateSession -TaskDefinition rails-cli -FromTaskDefinition rails -Subnet x");

        Assert.StartsWith("AmbiguousParameterSet", error.Id, StringComparison.Ordinal);
        _me.HasStartedNothing();
    }

    private ServiceOptions Web => new("web")
    {
        Cluster = _me.Fargate.Cluster,
        TaskDefinition = "rails",
        Subnets = _me.Fargate.Subnets,
        SecurityGroups = _me.Fargate.SecurityGroups,
    };

    private string Register(ServiceOptions service) => _me.Fargate.RegisterService(service);

    private Invocation Run(string script) => _me.Run($"{TypeLittle} {script}");

    private SeenError ErrorOf(string script) => _me.ErrorOf($"{TypeLittle} {script}");

    /// <summary>What RunTask was asked for.</summary>
    private JsonObject StartAndStop(string start)
    {
        var run = Run($"$session = {start}; $session | Stop-FargateSession");
        Assert.Empty(run.Errors);
        Assert.Null(run.TerminatingError);
        return Assert.Single(_me.Calls("RunTask")).Parameters;
    }

    private static IEnumerable<string> Strings(JsonNode? items) => items!.AsArray().Select(item => (string)item!);
}
