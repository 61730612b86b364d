using System.Management.Automation;
using LocalFargate;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>What a user types wrong is found before anything is started.</summary>
public sealed class InputErrorTests : IAsyncLifetime
{
    private Operator _me = null!;

    public async Task InitializeAsync() => _me = await Operator.StartAsync();

    public async Task DisposeAsync()
    {
        try
        {
            _me.HasStartedNothing();
        }
        finally
        {
            await _me.DisposeAsync();
        }
    }

    [Fact]
    public void An_unknown_task_definition_is_named()
    {
        var error = _me.ErrorOf("New-FargateSession no-such-definition");

        var message = error.Is("TaskDefinitionNotFound", ErrorCategory.ObjectNotFound, "no-such-definition");
        Assert.Contains("-TaskDefinition", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_next_task_definition_of_a_list_is_tried_after_an_unknown_one()
    {
        var errors = _me.ErrorsOf("'no-such', 'nor-such' | ForEach-Object { New-FargateSession $_ }");

        Assert.Equal(["no-such", "nor-such"], errors.Select(error => error.Target));
    }

    [Fact]
    public void A_container_that_the_task_definition_lacks_is_named_beside_those_it_has()
    {
        _me.Fargate.RegisterTaskDefinition(new TaskDefinitionOptions("web")
        {
            Containers = [new ContainerOptions("nginx"), new ContainerOptions("app")],
        });

        var error = _me.ErrorOf("New-FargateSession web -ContainerName sidecar");

        var message = error.Is("ContainerNotFound", ErrorCategory.ObjectNotFound, "sidecar");
        Assert.Contains("nginx, app", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_containers_none_of_which_is_called_cli_are_listed()
    {
        _me.Fargate.RegisterTaskDefinition(new TaskDefinitionOptions("web")
        {
            Containers = [new ContainerOptions("nginx"), new ContainerOptions("app")],
        });

        var error = _me.ErrorOf("New-FargateSession web");

        var message = error.Is("ContainerNotFound", ErrorCategory.ObjectNotFound, "web");
        Assert.Contains("nginx, app", message, StringComparison.Ordinal);
        Assert.Contains("-ContainerName", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_definition_without_awsvpc_is_unsuitable()
    {
        _me.Fargate.RegisterTaskDefinition(new TaskDefinitionOptions("bridged")
        {
            Containers = [new ContainerOptions("cli")],
            NetworkMode = "bridge",
            RequiresCompatibilities = ["EC2"],
        });

        var error = _me.ErrorOf("New-FargateSession bridged");

        var message = error.Is("TaskDefinitionUnsuitable", ErrorCategory.InvalidArgument, "bridged");
        Assert.Contains("'bridge'", message, StringComparison.Ordinal);
        Assert.Contains("awsvpc", error.NextStep, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("_SSH_PORT", "-Port")]
    [InlineData("_AUTHORIZED_PUBLIC_KEY", "begin with '_'")]
    public void A_reserved_environment_variable_is_refused(string name, string hint)
    {
        var error = _me.ErrorOf("New-FargateSession -EnvironmentVariable @{ RAILS_ENV = 'test'; $args[0] = '1' }", name);

        var message = error.Is("InvalidEnvironmentVariable", ErrorCategory.InvalidArgument, name);
        Assert.Contains(hint, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("@{ 'A=B' = '1' }", "A=B", "'='")]
    [InlineData("@{ 'A B' = '1' }", "A B", "white space")]
    [InlineData("@{ '' = '1' }", "", "empty")]
    [InlineData("@{ A = 'x', 'y' }", "A", "a list")]
    [InlineData("@{ A = \"x`0y\" }", "A", "NUL")]
    public void A_malformed_environment_variable_is_refused(string variables, string name, string why)
    {
        var error = _me.ErrorOf($"New-FargateSession -EnvironmentVariable {variables}");

        var message = error.Is("InvalidEnvironmentVariable", ErrorCategory.InvalidArgument, name);
        Assert.Contains(why, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Overrides_past_the_limit_of_ECS_are_refused_with_their_length()
    {
        var error = _me.ErrorOf("New-FargateSession -EnvironmentVariable @{ LONG = 'x' * 8192 }");

        var message = error.Is("OverridesTooLong", ErrorCategory.InvalidArgument, _me.Fargate.TaskDefinition);
        Assert.Contains("at most 8192", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not a url")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("/relative")]
    public void A_malformed_endpoint_ends_the_command(string endpoint)
    {
        var error = _me.ErrorOf("New-FargateSession -EndpointUrl $args[0]", endpoint);

        error.Is("InvalidEndpoint", ErrorCategory.InvalidArgument, endpoint, isTerminating: true);
    }

    [Fact]
    public void A_malformed_region_ends_the_command()
    {
        var error = _me.ErrorOf("New-FargateSession -Region 'evil.example/x'");

        var message = error.Is("NoRegion", ErrorCategory.InvalidArgument, "evil.example/x", isTerminating: true);
        Assert.Contains("eu-central-1", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_region_the_command_ends()
    {
        var error = _me.ErrorOf("$PSDefaultParameterValues.Remove('*-Fargate*:Region'); New-FargateSession");

        var message = error.Is("NoRegion", ErrorCategory.InvalidArgument, _me.Fargate.TaskDefinition, isTerminating: true);
        Assert.Contains("-Region", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_profile_ends_the_command_and_is_named()
    {
        var error = _me.ErrorOf("New-FargateSession -ProfileName nobody");

        var message = error.Is("ProfileNotFound", ErrorCategory.ObjectNotFound, "nobody", isTerminating: true);
        Assert.Contains("-ProfileName", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Compression", "Compression=yes")]
    [InlineData("Compression=\n", "Compression=yes")]
    [InlineData("StrictHostKeyChecking=no", "known_hosts")]
    [InlineData("userknownhostsfile /dev/null", "known_hosts")]
    public void An_ssh_option_that_is_malformed_or_reserved_ends_the_pipeline_before_it_starts(string option, string hint)
    {
        var error = _me.ErrorOf("New-FargateSession | Enter-FargateShell -Option 'Compression=yes', $args[0]", option);

        var message = error.Is("InvalidSshOption", ErrorCategory.InvalidArgument, option, isTerminating: true);
        Assert.Contains(hint, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Port 0")]
    [InlineData("-Port 65536")]
    [InlineData("-Subnet @()")]
    [InlineData("-Subnet ''")]
    [InlineData("-SecurityGroup a, b, c, d, e, f")]
    [InlineData("-UserName '-oProxyCommand=x'")]
    [InlineData("-StartTimeout 0")]
    [InlineData("-TaskDefinition ''")]
    [InlineData("-EnvironmentVariable $null")]
    public void A_value_that_a_parameter_cannot_take_is_refused_by_PowerShell(string parameter)
    {
        var error = _me.ErrorOf($"New-FargateSession {parameter}");

        Assert.StartsWith("ParameterArgumentValidationError", error.Id, StringComparison.Ordinal);
        Assert.Contains(parameter.Split(' ')[0][1..], error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTerminating);
    }

    [Theory]
    [InlineData("New-FargateSession -AssignPublicIp Perhaps", "CannotConvertArgumentNoMessage")]
    [InlineData("1, 'two' | Enter-FargateShell", "InputObjectNotBound")]
    [InlineData("1, 'two' | Get-FargateTaskAddress", "InputObjectNotBound")]
    [InlineData("1, 'two' | Stop-FargateSession", "InputObjectNotBound")]
    public void What_is_of_the_wrong_type_is_refused_by_PowerShell(string script, string errorId)
    {
        var errors = _me.ErrorsOf(script);

        Assert.NotEmpty(errors);
        Assert.All(errors, error => Assert.StartsWith(errorId, error.Id, StringComparison.Ordinal));
        Assert.Empty(_me.Fargate.Calls);
    }
}
