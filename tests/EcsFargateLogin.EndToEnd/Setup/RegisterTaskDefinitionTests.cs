using EcsFargateLogin.EndToEnd.Cmdlets;

namespace EcsFargateLogin.EndToEnd.Setup;

/// <summary>Register-FargateLoginTaskDefinition: that a task of what it registers can be logged in to.</summary>
public sealed class RegisterTaskDefinitionTests
{
    [Fact]
    public async Task What_was_registered_starts_a_session_by_the_pipeline()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            $$"""
            $PSDefaultParameterValues.Remove('New-FargateSession:TaskDefinition')
            $image = @{ ExecutionRoleArn = 'arn:x'; LogGroup = '/ecs/rails-cli'; Port = {{me.Fargate.SshPort}} }
            $session = Register-FargateLoginTaskDefinition ecs-fargate-login @image | New-FargateSession -Wait
            $session.TaskDefinition
            $session.ContainerName
            $session | Stop-FargateSession
            """);

        Assert.Empty(run.Errors);
        Assert.EndsWith(":task-definition/ecs-fargate-login-cli:1", run.Output[0].ToString(), StringComparison.Ordinal);
        Assert.Equal("cli", run.Output[1].ToString());
        await me.HasLeftNothingAsync();
    }
}
