using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using LocalFargate;
using LocalFargate.Faults;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

public sealed class FaultTests
{
    [Fact]
    public async Task Throttling_happens_to_its_operation_as_often_as_said()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);
        var fault = fargate.Faults.Add(new Throttling { Operation = "ListTasks", Times = 2 });

        var errors = new List<string?>();
        for (var i = 0; i < 3; i++)
        {
            errors.Add((await client.EcsAsync("ListTasks", new JsonObject())).Error);
        }

        Assert.Equal(["ThrottlingException", "ThrottlingException", null], errors);
        Assert.Equal(2, fault.Uses);
    }

    [Fact]
    public async Task A_lost_reply_leaves_a_task_that_its_client_token_finds_again()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);
        var idle = fargate.RegisterIdleTask();
        fargate.Faults.Add(new LostReply { Operation = "RunTask", Times = 1 });
        void Change(JsonObject task) => (task["taskDefinition"], task["clientToken"]) = (idle, "token-1");

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.RunTaskAsync(Change));
        var lost = Assert.Single(fargate.Tasks);

        Assert.Equal(lost.Arn, await client.StartTaskAsync(Change));
    }

    [Theory]
    [InlineData("AccessDeniedException", 400)]
    [InlineData("ExpiredTokenException", 400)]
    [InlineData("ServerException", 503)]
    public async Task Requests_fail_as_asked(string error, int status)
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);
        fargate.Faults.Add<Fault>(error switch
        {
            "AccessDeniedException" => new AccessDenied { Operation = "RunTask" },
            "ExpiredTokenException" => new ExpiredCredentials(),
            _ => new ServerError { Status = 503 },
        });

        var reply = await client.RunTaskAsync();

        Assert.Equal((status, error), (reply.Status, reply.Error));
        Assert.Empty(fargate.Tasks);
        Assert.Equal(error, fargate.Calls.Single().ErrorCode);
    }

    [Fact]
    public async Task A_page_of_HTML_can_stand_in_for_an_answer()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);
        fargate.Faults.Add(new HtmlAnswer());

        var reply = await client.RunTaskAsync();

        Assert.Equal(502, reply.Status);
        Assert.StartsWith("<html>", reply.Text);
    }

    [Fact]
    public async Task RunTask_can_answer_with_failures_instead_of_tasks()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);
        fargate.Faults.Add(new LaunchFails { Reason = "RESOURCE:ENI", Times = 1 });

        var reply = await client.RunTaskAsync();

        Assert.Equal(200, reply.Status);
        Assert.Empty(reply.Body["tasks"]!.AsArray());
        Assert.Equal("RESOURCE:ENI", (string?)reply.Body["failures"]![0]!["reason"]);
    }

    [Fact]
    public async Task A_new_task_can_be_missing_at_first()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);
        var idle = fargate.RegisterIdleTask();
        fargate.Faults.Add(new TaskMissing { For = TimeSpan.FromSeconds(1) });

        var arn = await client.StartTaskAsync(task => task["taskDefinition"] = idle);
        var parameters = new JsonObject { ["cluster"] = fargate.Cluster, ["tasks"] = new JsonArray(arn) };
        var first = await client.EcsAsync("DescribeTasks", parameters);

        Assert.Equal("MISSING", (string?)first.Body["failures"]![0]!["reason"]);
        await Wait.ForAsync(
            async () => (await client.EcsAsync("DescribeTasks", parameters)).Body["tasks"]!.AsArray() is { Count: 1 } found ? found : null,
            "the task to be known");
    }

    [Fact]
    public async Task A_task_can_stop_early_with_the_reasons_that_ECS_gives()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);
        const string reason = "ResourceInitializationError: unable to pull secrets or registry auth";
        fargate.Faults.Add(new TaskStopsEarly
        {
            At = TaskPhase.Provisioning,
            StoppedReason = reason,
            ContainerReason = "secrets",
            ExitCode = 1,
        });

        var arn = await client.StartTaskAsync();
        var task = await client.WaitForStatusAsync(arn, "STOPPED");

        Assert.Equal(("TaskFailedToStart", reason), ((string?)task["stopCode"], (string?)task["stoppedReason"]));
        Assert.Equal(("secrets", 1), ((string?)task["containers"]![0]!["reason"], (int)task["containers"]![0]!["exitCode"]!));
        Assert.Null(task["pullStartedAt"]);
    }

    [Fact]
    public async Task A_public_address_can_be_late_or_never_come()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);
        var idle = fargate.RegisterIdleTask();
        fargate.Faults.Add(new PublicAddressLate { Delay = TimeSpan.FromSeconds(4), Times = 1 });
        var late = await client.StartTaskAsync(task => task["taskDefinition"] = idle);
        fargate.Faults.Replace([new NoPublicAddress()]);
        var never = await client.StartTaskAsync(task => task["taskDefinition"] = idle);

        await client.WaitForStatusAsync(late, "RUNNING");
        await client.WaitForStatusAsync(never, "RUNNING");
        Assert.All(fargate.Tasks, task => Assert.Null(task.PublicAddress));
        await Wait.UntilAsync(() => fargate.Tasks[0].PublicAddress is not null, "the late address");

        Assert.Null(fargate.Tasks[1].PublicAddress);
    }

    [Fact]
    public async Task The_ssh_port_can_refuse_or_say_nothing_or_not_be_reached()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);
        using var login = await TaskLogin.CreateAsync();
        var addresses = new List<string>();
        foreach (var fault in (Fault[])[new SshClosed(), new SshSilent(), new SshUnreachable()])
        {
            fargate.Faults.Replace([fault]);
            var arn = await client.StartTaskAsync(task => login.Allow(task));
            await client.WaitForStatusAsync(arn, "RUNNING");
            addresses.Add(fargate.Tasks.Single(task => task.Arn == arn).PublicAddress!);
        }

        Assert.Equal("refused", await ConnectAsync(addresses[0], fargate.SshPort));
        Assert.Equal("silent", await ConnectAsync(addresses[1], fargate.SshPort));
        await Wait.ForAsync(
            async () => await ConnectAsync(addresses[2], fargate.SshPort) == "unreachable" ? "" : null, "packets to be dropped");
    }

    [Fact]
    public async Task The_banner_of_sshd_can_be_late_and_the_login_works_nevertheless()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);
        using var login = await TaskLogin.CreateAsync();
        fargate.Faults.Add(new SshLate { Delay = TimeSpan.FromSeconds(1) });
        var arn = await client.StartTaskAsync(task => login.Allow(task));
        await client.WaitForStatusAsync(arn, "RUNNING");

        var watch = Stopwatch.StartNew();
        var result = await login.RunAsync(fargate.Tasks[0].PublicAddress!, fargate.SshPort, "echo here");

        Assert.Equal("here\n", result.Output);
        Assert.True(watch.Elapsed >= TimeSpan.FromSeconds(1), $"The login took only {watch.Elapsed}.");
    }

    [Fact]
    public async Task Faults_are_set_and_seen_over_HTTP()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(fargate.EndpointUrl) };
        JsonArray faults =
        [
            new JsonObject { ["fault"] = "throttling", ["operation"] = "RunTask", ["times"] = 2 },
            new JsonObject { ["fault"] = "taskStopsEarly", ["at"] = "pending", ["stoppedReason"] = "why" },
            new JsonObject { ["fault"] = "sshLate", ["delay"] = "00:00:05" },
        ];

        Assert.Equal(HttpStatusCode.NoContent, (await http.PutAsJsonAsync("/_local/faults", faults)).StatusCode);
        Assert.Equal(3, (await http.GetFromJsonAsync<JsonArray>("/_local/faults"))!.Count);
        Assert.Equal(new SshLate { Delay = TimeSpan.FromSeconds(5) }, fargate.Faults.All[2]);
        var wrong = await http.PostAsJsonAsync("/_local/faults", new JsonObject { ["fault"] = "throttling", ["often"] = true });
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        await http.DeleteAsync(new Uri("/_local/faults", UriKind.Relative));
        Assert.Empty(fargate.Faults.All);
    }

    private static async Task<string> ConnectAsync(string address, int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(address, port).WaitAsync(TimeSpan.FromSeconds(5));
        }
        catch (SocketException)
        {
            return "refused";
        }
        catch (TimeoutException)
        {
            return "unreachable";
        }

        try
        {
            var count = await client.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(TimeSpan.FromSeconds(1));
            return count == 0 ? "closed" : "talks";
        }
        catch (TimeoutException)
        {
            return "silent";
        }
    }
}
