using LocalFargate;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

internal static class IdleTasks
{
    /// <summary>
    /// Registers a task definition with a container, cli, that does nothing until it is stopped. Returns its ARN.
    /// </summary>
    public static string RegisterIdleTask(this LocalFargateServer fargate) => fargate.RegisterTaskDefinition(
        new TaskDefinitionOptions("idle")
        {
            Containers = [new LocalFargate.ContainerOptions("cli") { Image = LocalFargate.ContainerOptions.PlainImage }],
        });

    /// <summary>Registers a task definition with a container, cli, that runs a line of shell. Returns its ARN.</summary>
    public static string RegisterShellTask(this LocalFargateServer fargate, string line) => fargate.RegisterTaskDefinition(
        new TaskDefinitionOptions("shell")
        {
            Containers =
            [
                new LocalFargate.ContainerOptions("cli")
                {
                    Image = LocalFargate.ContainerOptions.PlainImage,
                    Command = ["sh", "-c", line],
                },
            ],
        });
}
