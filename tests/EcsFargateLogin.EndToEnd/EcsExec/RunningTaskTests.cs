using System.Net;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Engine;
using EcsFargateLogin.EndToEnd.Tunnels;
using LocalFargate;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.EcsExec;

/// <summary>Tasks that run already, of a service or named: entered and left as they are.</summary>
public sealed class RunningTaskTests : IAsyncLifetime
{
    private Operator _me = null!;

    public async Task InitializeAsync()
    {
        _me = await Operator.StartAsync(new LocalFargateOptions
        {
            SessionManager = new SessionManagerOptions
            {
                RemoteHosts = new Dictionary<string, IPAddress> { ["db.internal"] = IPAddress.Loopback },
            },
        });
        RegisterService("web", ["app"]);
    }

    public async Task DisposeAsync() => await _me.DisposeAsync();

    [Fact]
    public async Task The_newest_task_of_a_service_is_entered_and_runs_on_and_nothing_is_kept_of_it()
    {
        await StartTaskAsync("web");
        var newest = await StartTaskAsync("web");

        var run = await _me.RunProcessAsync(
            $"Enter-FargateShell -Service web -Cluster {_me.Fargate.Cluster}; exit $LASTEXITCODE", "echo on $(hostname); id -un; exit 12\n");

        Assert.Equal(("", 12), (run.Error, run.ExitCode));
        var address = _me.Fargate.Tasks.Single(task => task.Arn == newest).PrivateAddress.Replace('.', '-');
        Assert.Equal($"on ip-{address}.ec2.internal\nroot\n", run.Output);
        AssertUntouched();
    }

    [Fact]
    public async Task Commands_run_in_a_service_and_in_tasks_that_are_named_with_input_and_files()
    {
        var first = await StartTaskAsync("web");
        var second = await StartTaskAsync("web");
        var script = Path.Combine(_me.StateHome, "script.sh");
        await File.WriteAllTextAsync(script, "echo script $1\n");

        var run = _me.Run(
            """
            $cluster = $args[0]
            'a', 'b' | Invoke-FargateCommand -Service web -Cluster $cluster 'cat; exit 4'
            $LASTEXITCODE
            Invoke-FargateCommand -TaskArn $args[1], $args[2] 'hostname' | Sort-Object -Unique | Measure-Object | ForEach-Object Count
            Invoke-FargateCommand -TaskArn ($args[1] -split '/')[-1] -Cluster $cluster -ContainerName app -FilePath $args[3] -ArgumentList x
            Invoke-FargateCommand -Service web -Cluster $cluster 'echo job' -AsJob | Receive-Job -Wait -AutoRemoveJob
            (Invoke-FargateCommand -Service web -Cluster $cluster 'true' -PassThru).FargateSession |
                ForEach-Object { "$($_.Transport) $($_.Owner) $($_.ContainerName) '$($_.SessionId)' '$($_.KeyPath)'" }
            """, _me.Fargate.Cluster, first, second, script);

        Assert.Empty(run.Errors);
        Assert.Equal(["a", "b", "4", "2", "script x", "job", "EcsExec Elsewhere app '' ''"], run.Output.Select(line => line.ToString()));
        AssertUntouched();
    }

    [Fact]
    public async Task Files_are_copied_to_a_service_and_from_tasks_that_are_named_by_patterns_and_as_they_are_written()
    {
        using TemporaryFolder folder = new();
        foreach (var name in (string[])["a.txt", "b.txt", "[c].txt"])
        {
            folder.Write(name, $"text of {name}");
        }

        var task = await StartTaskAsync("web");

        var run = _me.Run(
            """
            $folder, $cluster, $task = $args
            Copy-FargateItem "$folder/?.txt" /tmp -Service web -Cluster $cluster -PassThru
            Get-ChildItem -LiteralPath "$folder/[c].txt" | Copy-FargateItem -Service web -Cluster $cluster -Destination /tmp -PassThru
            $null = New-Item -ItemType Directory "$folder/back", "$folder/c"
            Copy-FargateItem '/tmp/?.txt' "$folder/back" -FromSession -TaskArn $task -PassThru
            Copy-FargateItem -LiteralPath '/tmp/[c].txt' -Destination "$folder/c" -FromSession -TaskArn ($task -split '/')[-1] -Cluster $cluster
            """, folder.Path, _me.Fargate.Cluster, task);

        Assert.Empty(run.Errors);
        Assert.Equal(5, run.Output.Count);
        Assert.All(run.Output, item => Assert.Equal(("", task.Split('/')[^1]), (item.Text("SessionId"), item.Text("TaskId"))));
        Assert.Equal(["a.txt", "b.txt"], Directory.GetFiles(Path.Combine(folder.Path, "back")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal("text of [c].txt", await File.ReadAllTextAsync(Path.Combine(folder.Path, "c", "[c].txt")));
        AssertUntouched();
    }

    [Fact]
    public async Task A_tunnel_through_a_service_needs_no_SSH_server_and_is_a_tunnel_like_all_others()
    {
        using Echo echo = new();
        await StartTaskAsync("web");
        _me.Fargate.Faults.Add(new TargetNotConnected { Operation = "StartSession", Times = 2 });

        var started = _me.Run(
            "Start-FargateTunnel -Service web -Cluster $args[0] -RemoteHost db.internal -RemotePort $args[1]", _me.Fargate.Cluster, echo.Port);

        Assert.Empty(started.Errors);
        var tunnel = Assert.Single(started.Output);
        var port = (int)tunnel.Properties["LocalPort"].Value;
        using var client = await Echo.ReachAsync(port);
        await Echo.AssertEchoesAsync(client);
        Assert.Equal("Open", tunnel.Text("Status"));
        var calls = _me.Calls("StartSession");
        Assert.Equal(3, calls.Count);
        var sent = calls[^1].Parameters;
        Assert.Equal("AWS-StartPortForwardingSessionToRemoteHost", (string)sent["DocumentName"]!);
        Assert.Equal("db.internal", (string)sent["Parameters"]!["host"]![0]!);
        Assert.Same(tunnel.BaseObject, Assert.Single(_me.Run("Get-FargateTunnel $args[0]", tunnel.Properties["Id"].Value).Output).BaseObject);

        _me.Fargate.CutSessions();
        await Echo.AssertEchoesAsync(client);
        _me.Fargate.EndSession(Assert.Single(_me.Fargate.Sessions, session => session.DocumentName is not null).Id, "Your session timed out due to inactivity.");
        await Eventually.BecomesAsync(() => tunnel.Text("ReconnectCount") == "1", () => tunnel.Text("LastError"));
        Assert.Contains("timed out due to inactivity", tunnel.Text("LastError"), StringComparison.Ordinal);
        using var again = await Echo.ReachAsync(port);
        await Echo.AssertEchoesAsync(again);

        var stopped = _me.Run("$args[0] | Stop-FargateTunnel -PassThru", tunnel);

        Assert.Empty(stopped.Errors);
        Assert.Equal("Stopped", tunnel.Text("Status"));
        Assert.All(_me.Fargate.Sessions, session => Assert.Equal(SessionStatus.Ended, session.Status));
        AssertUntouched();
    }

    [Fact]
    public async Task A_tunnel_that_the_task_or_AWS_refuses_says_why()
    {
        await StartTaskAsync("web");
        const string start = "Start-FargateTunnel -Service web -Cluster $args[0]";

        var closed = _me.Run($"{start} -RemoteHost localhost -RemotePort 9 | Stop-FargateTunnel", _me.Fargate.Cluster);
        var forbidden = _me.Run($"{start} -RemoteHost 169.254.169.254 -RemotePort 80", _me.Fargate.Cluster);
        _me.Fargate.Faults.Add(new AccessDenied { Operation = "StartSession" });
        var denied = _me.Run($"{start} -RemoteHost db.internal -RemotePort 5432", _me.Fargate.Cluster);

        Assert.Contains("the task cannot reach localhost:9", Assert.Single(closed.Warnings), StringComparison.Ordinal);
        Assert.Contains("169.254.169.254 is forbidden", Assert.Single(forbidden.Errors).Exception.Message, StringComparison.Ordinal);
        var error = Assert.Single(denied.Errors);
        Assert.StartsWith("AccessDenied,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("AWS recommends", Advice(error), StringComparison.Ordinal);
        Assert.Empty(_me.Run("Get-FargateTunnel | Where-Object RemotePort -in 80, 5432").Output);
        Assert.All(_me.Fargate.Sessions, session => Assert.Equal(SessionStatus.Ended, session.Status));
        AssertUntouched();
    }

    [Fact]
    public async Task What_cannot_be_entered_is_an_error_that_says_what_to_do()
    {
        RegisterService("idle", ["app"]);
        RegisterService("plain", ["app"]);
        RegisterService("pair", ["app", "sidecar"]);
        var plain = await StartTaskAsync("plain", enablesExecuteCommand: false);
        await StartTaskAsync("pair");

        (string Command, string Id, string Advice)[] cases =
        [
            ("-Service nothing", "ServiceNotFound", "list-services"),
            ("-Service idle", "TaskNotFound", "New-FargateSession -Service"),
            ("-Service plain", "TransportUnavailable", "--service plain --enable-execute-command --force-new-deployment"),
            ("-Service plain", "TransportUnavailable", "New-FargateSession -Service plain"),
            ($"-TaskArn {plain}", "TransportUnavailable", "exec-task-policy.json"),
            ("-TaskArn 0123456789abcdef0123456789abcdef", "TaskNotFound", "list-tasks"),
            ("-Service pair", "ContainerNotFound", "-ContainerName"),
            ("-Service pair -ContainerName other", "ContainerNotFound", "-ContainerName"),
        ];
        foreach (var (command, id, advice) in cases)
        {
            var run = _me.Run($"Invoke-FargateCommand {command} -Cluster {_me.Fargate.Cluster} 'true'");
            var error = run.TerminatingError ?? Assert.Single(run.Errors);
            Assert.StartsWith($"{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains(advice, Advice(error), StringComparison.Ordinal);
        }

        Assert.Contains(
            "app, sidecar",
            Assert.Single(_me.Run($"Enter-FargateShell -Service pair -Cluster {_me.Fargate.Cluster}").Errors).Exception.Message,
            StringComparison.Ordinal);
        Assert.Equal("sidecar", Assert.Single(_me.Run(
            $"Invoke-FargateCommand -Service pair -Cluster {_me.Fargate.Cluster} -ContainerName sidecar 'echo sidecar'").Output).ToString());
        AssertUntouched();
    }

    [Fact]
    public async Task An_agent_that_does_not_run_is_an_error_at_once()
    {
        _me.Fargate.Faults.Add(new AgentStopped());
        _me.Fargate.StartServiceTask("web");
        await Eventually.BecomesAsync(
            () => _me.Fargate.Tasks.All(task => task.Phase == LocalFargate.Tasks.TaskPhase.Running), () => "it does not run");

        var run = _me.Run($"Enter-FargateShell -Service web -Cluster {_me.Fargate.Cluster}");

        var error = Assert.Single(run.Errors);
        Assert.StartsWith("EcsExecUnavailable,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("ExecuteCommandAgent", error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(_me.Calls("ExecuteCommand"));
    }

    [Fact]
    public async Task What_needs_ssh_is_refused_in_words_that_name_another_way()
    {
        await StartTaskAsync("web");

        var option = _me.Run($"Enter-FargateShell -Service web -Cluster {_me.Fargate.Cluster} -JumpHost bastion");
        var proxy = _me.Run(
            $"(Invoke-FargateCommand -Service web -Cluster {_me.Fargate.Cluster} 'true' -PassThru).FargateSession | "
            + "ForEach-Object { Start-FargateTunnel -Session $_ -Socks }");

        Assert.StartsWith("InvalidTransport,", (option.TerminatingError ?? Assert.Single(option.Errors)).FullyQualifiedErrorId, StringComparison.Ordinal);
        var error = proxy.TerminatingError ?? Assert.Single(proxy.Errors);
        Assert.StartsWith("TransportUnavailable,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("New-FargateSession -Service", Advice(error), StringComparison.Ordinal);
        AssertUntouched();
    }

    private void RegisterService(string name, string[] containers)
    {
        _me.Fargate.RegisterTaskDefinition(new TaskDefinitionOptions($"{name}-app")
        {
            Containers = [.. containers.Select(container => new ContainerOptions(container)
            {
                Image = ContainerOptions.PlainImage,
                Command = ["sleep", "1000"],
            })],
            TaskRoleArn = TaskDefinitionOptions.ExecutionRoleArn,
        });
        _me.Fargate.RegisterService(new ServiceOptions(name)
        {
            Cluster = _me.Fargate.Cluster,
            TaskDefinition = $"{name}-app",
            Subnets = _me.Fargate.Subnets,
            SecurityGroups = _me.Fargate.SecurityGroups,
        });
    }

    private async Task<string> StartTaskAsync(string service, bool enablesExecuteCommand = true)
    {
        var arn = _me.Fargate.StartServiceTask(service, enablesExecuteCommand);
        await Eventually.BecomesAsync(
            () => _me.Fargate.Tasks.Single(task => task.Arn == arn).Phase == LocalFargate.Tasks.TaskPhase.Running,
            () => string.Join(", ", _me.Fargate.Tasks));
        if (enablesExecuteCommand)
        {
            await Eventually.BecomesAsync(
                () => _me.Run($"Invoke-FargateCommand -TaskArn {arn} -ContainerName $args[0] 'true'", service == "web" ? "app" : "sidecar").Errors.Count == 0,
                () => "its agent does not run");
        }

        return arn;
    }

    private void AssertUntouched()
    {
        Assert.Empty(_me.Calls("StopTask"));
        Assert.Empty(_me.Calls("RunTask"));
        Assert.All(_me.Fargate.Tasks, task => Assert.True(task.IsAlive));
        Assert.Empty(_me.SessionFiles());
    }

    private static string Advice(System.Management.Automation.ErrorRecord error) =>
        $"{error.Exception.Message} {error.ErrorDetails?.RecommendedAction}";
}
