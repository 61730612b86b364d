using System.Net.Sockets;
using System.Text.Json.Nodes;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Container;
using LocalFargate;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

/// <summary>Logs in to tasks with the real ssh and a key of its own, which is deleted on disposal.</summary>
internal sealed class TaskLogin : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("local-fargate-login-");

    private TaskLogin()
    {
    }

    private string KeyPath => Path.Combine(_folder.FullName, "key");

    public static async Task<TaskLogin> CreateAsync()
    {
        var login = new TaskLogin();
        var result = await ProcessRun.CompleteAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", login.KeyPath]);
        Assert.Equal(0, result.ExitCode);
        return login;
    }

    /// <summary>Lets the task of this RunTask call be logged in to, and adds variables to its container.</summary>
    public void Allow(JsonObject runTask, params (string Name, string Value)[] variables)
    {
        runTask["overrides"] = new JsonObject
        {
            ["containerOverrides"] = new JsonArray(new JsonObject
            {
                ["name"] = "cli",
                ["environment"] = new JsonArray([.. variables
                    .Append(("_AUTHORIZED_PUBLIC_KEY", File.ReadAllText(KeyPath + ".pub").Trim()))
                    .Select(variable => new JsonObject { ["name"] = variable.Item1, ["value"] = variable.Item2 })]),
            }),
        };
    }

    /// <summary>Waits for the task's sshd on its public address.</summary>
    public static async Task<string> WaitForSshdAsync(LocalFargateServer fargate, string taskArn)
    {
        TaskView? task = null;
        await Wait.UntilAsync(
            () => (task = fargate.Tasks.Single(candidate => candidate.Arn == taskArn)).PublicAddress is not null,
            $"a public address of {taskArn}");
        await Wait.ForAsync(
            async () => await ReadBannerAsync(task!.PublicAddress!, fargate.SshPort), $"sshd of {taskArn}");
        return task!.PublicAddress!;
    }

    /// <summary>The first line that comes from there, or null when nobody listens.</summary>
    public static async Task<string?> ReadBannerAsync(string address, int port)
    {
        using var limit = new CancellationTokenSource(Eventually.DefaultLimit);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(address, port, limit.Token);
            using var reader = new StreamReader(client.GetStream());
            return await reader.ReadLineAsync(limit.Token);
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return null;
        }
    }

    public ProcessRun Start(string address, int port, string command) => ProcessRun.Start("ssh", Arguments(address, port, command));

    public Task<ProcessResult> RunAsync(string address, int port, string command) =>
        ProcessRun.CompleteAsync("ssh", Arguments(address, port, command));

    public void Dispose() => _folder.Delete(recursive: true);

    private string[] Arguments(string address, int port, string command) =>
    [
        "-F", "none", "-i", KeyPath, "-p", $"{port}", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
        "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", $"root@{address}", command,
    ];
}
