using System.Text.Json.Nodes;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

/// <summary>Programs of ExecuteCommand on their data channels.</summary>
public sealed class ShellSessionTests
{
    [Fact]
    public async Task A_program_of_ExecuteCommand_has_a_terminal_whose_size_changes_and_no_handshake()
    {
        await using var task = await SessionTask.StartAsync(runsContainers: true, runTask: parameters =>
            parameters["overrides"] = JsonNode.Parse("""{"containerOverrides":[{"name":"cli","command":["sleep","600"]}]}"""));
        using var client = await ExecuteAsync(task, "sh");

        await client.SendUntilAcknowledgedAsync(RawMessage.Size(client.Next++, 91, 17));
        await client.SendDataAsync("stty size; echo done-$((1+1))\r");
        Assert.Contains("17 91", await client.ReadUntilAsync("done-2"));
        await client.SendAsync(RawMessage.Size(client.Next++, 120, 40));
        await client.SendDataAsync("stty size\r");
        await client.ReadUntilAsync("40 120");
        await client.SendAsync(RawMessage.Data(client.Next++, "exit 7\r"u8.ToArray()));

        Assert.Equal("", await client.ReadToCloseAsync());
        Assert.StartsWith("ecs-execute-command-", Assert.Single(task.Fargate.Sessions).Id);
    }

    [Fact]
    public async Task An_encrypted_shell_asks_for_the_key_in_a_handshake()
    {
        await using var task = await SessionTask.StartAsync(options => options with { ShellKmsKeyId = "alias/shells" });
        using var client = await ExecuteAsync(task, "sh");

        var request = await client.ReadDataAsync();

        Assert.Equal("KMSEncryption", (string)request.Json["RequestedClientActions"]![1]!["ActionType"]!);
        await client.RespondAsync(request, status: 3);
        Assert.NotEqual("", await client.ReadToCloseAsync());
    }

    private static async Task<DataChannelClient> ExecuteAsync(SessionTask task, string command)
    {
        var reply = await task.Client.EcsAsync("ExecuteCommand", new JsonObject
        {
            ["cluster"] = task.Fargate.Cluster,
            ["task"] = task.Arn,
            ["command"] = command,
            ["interactive"] = true,
        });
        return await DataChannelClient.OpenAsync(reply.Body["session"]!.AsObject(), task.Client.Signer);
    }
}
