using LocalFargate;
using LocalFargate.Containers;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

/// <summary>Tasks that run the real start-sshd.sh with the real sshd. The namespaces need root.</summary>
public sealed class TaskLoginTests
{
    [Fact]
    public async Task Root_logs_in_on_the_public_and_on_the_private_address()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);
        using var login = await TaskLogin.CreateAsync();
        var arn = await client.StartTaskAsync(task => login.Allow(task, ("_RECONNECT_WINDOW", "30")));
        var publicAddress = await TaskLogin.WaitForSshdAsync(fargate, arn);

        var onPublic = await login.RunAsync(publicAddress, fargate.SshPort, "echo up-$((6*7)); id -un; hostname; exit 7");
        var onPrivate = await login.RunAsync(fargate.Tasks[0].PrivateAddress, fargate.SshPort, "echo up-$((6*7))");

        Assert.Equal((7, ""), (onPublic.ExitCode, onPublic.Error));
        Assert.Equal($"up-42\nroot\nip-{fargate.Tasks[0].PrivateAddress.Replace('.', '-')}.ec2.internal\n", onPublic.Output);
        Assert.Equal((0, "up-42\n"), (onPrivate.ExitCode, onPrivate.Output));
    }

    [Fact]
    public async Task A_task_sees_its_own_environment_and_nothing_of_this_process()
    {
        Environment.SetEnvironmentVariable("LOCAL_FARGATE_TEST_SECRET", "of the host");
        await using var fargate = await LocalFargateServer.StartAsync(new LocalFargateOptions
        {
            ContainerEnvironment = new Dictionary<string, string> { ["GREETING"] = "it's \"$HOME\"", ["PLACE"] = "definition" },
        });
        using var client = new FargateClient(fargate);
        using var login = await TaskLogin.CreateAsync();
        var arn = await client.StartTaskAsync(task => login.Allow(task, ("PLACE", "override")));
        var address = await TaskLogin.WaitForSshdAsync(fargate, arn);

        var environment = await login.RunAsync(address, fargate.SshPort, "tr '\\0' '\\n' </proc/1/environ");

        var lines = environment.Output.Split('\n');
        Assert.Contains("GREETING=it's \"$HOME\"", lines);
        Assert.Contains("PLACE=override", lines);
        Assert.Contains($"_SSH_LISTEN_ADDRESS={fargate.Tasks[0].PrivateAddress}", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("LOCAL_FARGATE_TEST_SECRET", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_task_writes_stays_in_it()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        Assert.True(fargate.Isolation == Isolation.Namespaces, "This test needs root, to make namespaces.");
        using var client = new FargateClient(fargate);
        using var login = await TaskLogin.CreateAsync();
        var arn = await client.StartTaskAsync(task => login.Allow(task));
        var address = await TaskLogin.WaitForSshdAsync(fargate, arn);
        var passwords = await File.ReadAllTextAsync("/etc/passwd");
        var mounts = await File.ReadAllTextAsync("/proc/self/mounts");
        var hostname = Environment.MachineName;

        var result = await login.RunAsync(
            address,
            fargate.SshPort,
            "echo intruder:x:0:0::/:/bin/sh >>/etc/passwd && rm /bin/true && hostname other 2>/dev/null; touch /root/left /run/left /usr/left; ls /root /home; ps ax | wc -l");

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("/home:\n\n/root:\nleft\n", result.Output);
        Assert.True(int.Parse(result.Output.Split('\n')[^2]) < 15, $"The task sees processes of this machine: {result.Output}");
        Assert.Equal(passwords, await File.ReadAllTextAsync("/etc/passwd"));
        Assert.Equal(mounts, await File.ReadAllTextAsync("/proc/self/mounts"));
        Assert.True(File.Exists("/bin/true"));
        Assert.False(File.Exists("/usr/left") || File.Exists("/run/left"));
        Assert.Equal(hostname, Environment.MachineName);
    }

    [Fact]
    public async Task Stopping_a_task_ends_its_logins_and_all_its_processes()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);
        using var login = await TaskLogin.CreateAsync();
        var arn = await client.StartTaskAsync(task => login.Allow(task));
        var address = await TaskLogin.WaitForSshdAsync(fargate, arn);
        var seconds = $"{Random.Shared.Next(100_000, 999_999)}";
        await using var session = login.Start(
            address, fargate.SshPort, $"nohup setsid sleep {seconds} >/dev/null 2>&1 & exec sleep {seconds}");
        await Wait.UntilAsync(() => CountProcesses(seconds) == 2, "both processes of the login");

        await client.StopTaskAsync(arn, "enough");
        await client.WaitForStatusAsync(arn, "STOPPED");
        var ssh = await session.EndAsync();

        Assert.Equal(255, ssh.ExitCode);
        Assert.Equal(0, CountProcesses(seconds));
        Assert.False(fargate.Tasks[0].IsAlive);
        Assert.Null(await TaskLogin.ReadBannerAsync(address, fargate.SshPort));
    }

    [Fact]
    public async Task Disposing_the_server_ends_the_tasks_at_once()
    {
        int process;
        string address;
        int port;
        await using (var fargate = await LocalFargateServer.StartAsync(
            new LocalFargateOptions { Timeline = Timeline(TimeSpan.FromMinutes(5)), StopTimeout = TimeSpan.FromMinutes(5) }))
        {
            using var client = new FargateClient(fargate);
            using var login = await TaskLogin.CreateAsync();
            var arn = await client.StartTaskAsync(task => login.Allow(task));
            address = await TaskLogin.WaitForSshdAsync(fargate, arn);
            port = fargate.SshPort;
            process = fargate.Tasks[0].ProcessIds.Single();
        }

        Assert.False(Directory.Exists($"/proc/{process}"));
        Assert.Null(await TaskLogin.ReadBannerAsync(address, port));

        // Starts at once, and would take minutes to stop.
        static LocalFargate.Tasks.Timeline Timeline(TimeSpan stop) =>
            new() { Deactivating = stop, Stopping = stop, Deprovisioning = stop };
    }

    [Fact]
    public async Task The_last_logout_ends_the_task()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);
        using var login = await TaskLogin.CreateAsync();
        var arn = await client.StartTaskAsync(task => login.Allow(task, ("_RECONNECT_WINDOW", "0")));
        var address = await TaskLogin.WaitForSshdAsync(fargate, arn);

        await login.RunAsync(address, fargate.SshPort, "true");
        var task = await client.WaitForStatusAsync(arn, "STOPPED");

        Assert.Equal("EssentialContainerExited", (string?)task["stopCode"]);
        Assert.Equal(0, (int)task["containers"]![0]!["exitCode"]!);
    }

    private static int CountProcesses(string argument) =>
        Directory.EnumerateDirectories("/proc").Count(folder =>
        {
            try
            {
                return File.ReadAllText(Path.Combine(folder, "cmdline")).Split('\0') is ["sleep", var first, ..] && first == argument;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        });
}
