using System.Text.Json.Nodes;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;

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

        var run = await _me.RunApartAsync(
            $"{TypeLittle} New-FargateSession -Service web | Enter-FargateShell", "echo $RAILS_ENV; exit\n");

        Assert.Equal(("test\n", ""), (run.Output, run.Error));
        await _me.LeftNothingAsync();
    }

    [Fact]
    public async Task An_application_s_task_definition_needs_no_second_one()
    {
        var run = await _me.RunApartAsync(
            "New-FargateSession -FromTaskDefinition rails -MaxLifetime 600 | Enter-FargateShell", "echo $RAILS_ENV; exit\n");

        Assert.Equal(("test\n", ""), (run.Output, run.Error));
        var container = Assert.Single(_me.Calls("RunTask")).Parameters["overrides"]!["containerOverrides"]![0]!;
        Assert.Equal("web", (string?)container["name"]);
        Assert.Equal(["/usr/local/bin/start-sshd.sh"], Strings(container["command"]));
        await _me.LeftNothingAsync();
    }

    private ServiceOptions Web => new("web")
    {
        Cluster = _me.Fargate.Cluster,
        TaskDefinition = "rails",
        Subnets = _me.Fargate.Subnets,
        SecurityGroups = _me.Fargate.SecurityGroups,
    };

    private string Register(ServiceOptions service) => _me.Fargate.RegisterService(service);

    private static IEnumerable<string> Strings(JsonNode? items) => items!.AsArray().Select(item => (string)item!);
}
