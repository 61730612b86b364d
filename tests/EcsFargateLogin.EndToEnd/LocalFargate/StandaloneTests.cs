using System.Net.Http.Json;
using System.Text.Json.Nodes;
using EcsFargateLogin.EndToEnd.Container;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

public sealed class StandaloneTests
{
    [Fact]
    public async Task It_prints_one_line_that_says_how_to_use_it_and_ends_when_asked()
    {
        await using var program = await StandaloneProgram.StartAsync("--task-definition", "my-cli", "--start-seconds", "0");

        Assert.StartsWith("http://127.0.0.1:", program["endpointUrl"]);
        Assert.Equal(
            ("local", "my-cli", "eu-central-1"), (program["cluster"], program["taskDefinition"], program["region"]));
        Assert.NotEmpty(program.Announcement["subnets"]!.AsArray());
        Assert.NotEmpty(program.Announcement["securityGroups"]!.AsArray());
        Assert.InRange((int)program.Announcement["sshPort"]!, 1, 65535);

        await ProcessRun.CompleteAsync("kill", ["-TERM", $"{program.Process.Id}"]);
        var result = await program.Process.EndAsync();

        Assert.Equal(0, result.ExitCode);
        Assert.Single(result.Output.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Its_keys_are_made_at_each_start_and_nobody_else_s_are_accepted()
    {
        await using var one = await StandaloneProgram.StartAsync("--start-seconds", "0");
        await using var other = await StandaloneProgram.StartAsync("--start-seconds", "0");

        Assert.NotEqual(one["accessKeyId"], other["accessKeyId"]);
        Assert.NotEqual(one["secretAccessKey"], other["secretAccessKey"]);
        Assert.Equal(40, one["secretAccessKey"].Length);
        foreach (var signer in new[] { SignerFor(other), new RequestSigner { AccessKeyId = "local", Secret = "local" } })
        {
            using var stranger = new FargateClient(one.Place) { Signer = signer with { Region = one["region"] } };
            Assert.Equal("UnrecognizedClientException", (await stranger.EcsAsync("ListTasks", new JsonObject())).Error);
        }

        using var starter = new FargateClient(one.Place) { Signer = SignerFor(one) };
        Assert.Null((await starter.EcsAsync("ListTasks", new JsonObject())).Error);
    }

    [Theory]
    [InlineData("--colour", "red")]
    [InlineData("--port", "many")]
    [InlineData("--containers", "perhaps")]
    [InlineData("--port")]
    public async Task A_wrong_command_line_is_explained(params string[] options)
    {
        var result = await StandaloneProgram.CompleteAsync(options);

        Assert.Equal((64, ""), (result.ExitCode, result.Output));
        Assert.Contains(options[0], result.Error);
        Assert.Contains("Usage:", result.Error);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("KILL")]
    public async Task However_it_ends_its_tasks_end_with_it(string signal)
    {
        await using var program = await StandaloneProgram.StartAsync("--start-seconds", "0");
        using var client = new FargateClient(program.Place) { Signer = SignerFor(program) };
        await client.EcsAsync("RegisterTaskDefinition", new JsonObject
        {
            ["family"] = "idle",
            ["networkMode"] = "awsvpc",
            ["cpu"] = "256",
            ["memory"] = "512",
            ["containerDefinitions"] = new JsonArray(new JsonObject { ["name"] = "cli", ["image"] = "plain" }),
        });
        await client.StartTaskAsync(task => task["taskDefinition"] = "idle");
        using var http = new HttpClient { BaseAddress = new Uri(program["endpointUrl"]) };
        var process = 0;
        await Wait.ForAsync(
            async () =>
            {
                var tasks = await http.GetFromJsonAsync<JsonArray>("/_local/tasks");
                process = (int?)tasks![0]!["processIds"]!.AsArray().FirstOrDefault() ?? 0;
                return process != 0 ? tasks : null;
            },
            "the task's process");
        Assert.True(Directory.Exists($"/proc/{process}"));

        await ProcessRun.CompleteAsync("kill", [$"-{signal}", $"{program.Process.Id}"]);
        await program.Process.EndAsync();

        await Wait.UntilAsync(() => !Directory.Exists($"/proc/{process}"), "the task's process to end");
    }

    private static RequestSigner SignerFor(StandaloneProgram program) => new()
    {
        AccessKeyId = program["accessKeyId"],
        Secret = program["secretAccessKey"],
        Region = program["region"],
    };
}
