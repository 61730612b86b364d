using System.Net.Sockets;
using LocalFargate;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

/// <summary>Tasks without processes, of which a small machine bears hundreds.</summary>
public sealed class BannerTaskTests
{
    [Fact]
    public async Task They_answer_with_the_first_line_of_an_SSH_server_until_they_are_stopped()
    {
        await using var fargate = await LocalFargateServer.StartAsync(new LocalFargateOptions { RunsContainers = false });
        using var client = new FargateClient(fargate);
        var arn = await client.StartTaskAsync(_ => { });
        await Wait.UntilAsync(() => Assert.Single(fargate.Tasks).Phase == TaskPhase.Running, "the task to run");
        var task = Assert.Single(fargate.Tasks);
        Assert.NotNull(task.PulledAt);
        Assert.Empty(task.ProcessIds);

        using (TcpClient connection = new(task.PrivateAddress, fargate.SshPort))
        {
            using StreamReader reader = new(connection.GetStream());
            Assert.Equal("SSH-2.0-LocalFargate", await reader.ReadLineAsync());
        }

        await client.StopTaskAsync(arn, "done");
        await Wait.UntilAsync(() => Assert.Single(fargate.Tasks).Phase == TaskPhase.Stopped, "the task to stop");
        Assert.Throws<SocketException>(() => new TcpClient(task.PrivateAddress, fargate.SshPort).Dispose());
    }
}
