using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EcsFargateLogin.SessionManager;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.SessionManager;

/// <summary>Shells over a data channel, against an agent in memory.</summary>
public sealed class ShellChannelTests
{
    private const string EncryptedHandshake = """
        {"AgentVersion":"3.3.0.0","RequestedClientActions":[
        {"ActionType":"KMSEncryption","ActionParameters":{"KMSKeyId":"key-1"}},
        {"ActionType":"SessionType","ActionParameters":{"SessionType":"InteractiveCommands","Properties":{}}}]}
        """;

    private static readonly TimeSpan Limit = Eventually.Limit;

    [Fact]
    public async Task Input_sizes_and_output_pass_unchanged_and_in_order()
    {
        ConcurrentQueue<(PayloadType Type, byte[] Data)> received = [];
        ScriptedAgent agent = new()
        {
            Handshake = null,
            OnReady = agent => agent.SendData("$ "u8),
            OnData = (type, data) => received.Enqueue((type, data)),
        };
        await using ScriptedGateway gateway = new() { Agent = agent };
        await using var shell = await OpenAsync(gateway);
        using MemoryStream output = new();
        var copying = CopyOutputAsync(shell, output);

        await shell.ResizeAsync(new TerminalSize(100, 30), CancellationToken.None);
        await shell.SendAsync("\n"u8.ToArray(), CancellationToken.None);
        await shell.SendAsync(new byte[5000], CancellationToken.None);
        await Eventually.Async(() => received.Sum(each => each.Data.Length) >= 5001 + 22, () => $"{received.Count}");
        agent.SendData([0xFF, 0x1B, 0x00]);
        agent.SendControl(MessageType.ChannelClosed, """{"Output":""}""");
        var end = await copying.WaitAsync(Limit);

        Assert.Null(end.Error);
        Assert.Equal([(byte)'$', (byte)' ', 0xFF, 0x1B, 0x00], output.ToArray());
        Assert.Equal((PayloadType.Size, """{"cols":100,"rows":30}"""), (received.First().Type, Encoding.UTF8.GetString(received.First().Data)));
        Assert.Equal("\n"u8.ToArray(), received.ElementAt(1).Data);
        Assert.Equal(5000, received.Skip(2).Sum(each => each.Data.Length));
    }

    [Fact]
    public async Task Output_that_nobody_takes_makes_the_program_wait()
    {
        var sent = 0;
        ScriptedAgent agent = new() { Handshake = null, OnReady = agent => agent.SendData(new byte[8 * 1024 * 1024]) };
        await using ScriptedGateway gateway = new() { Agent = agent, Faults = new Faults { Delays = index => (sent = index) < 0 } };
        await using var shell = await OpenAsync(gateway);
        using MemoryStream output = new();

        // It stops at the limit of what is kept: not even half of all frames have come.
        await Eventually.Async(() => sent > 1000, () => $"{sent}");
        Assert.InRange(sent, 1000, 8 * 1024);
        var copying = CopyOutputAsync(shell, output);
        await Eventually.Async(() => output.Length == 8 * 1024 * 1024, () => $"{output.Length}");
        await shell.DisposeAsync();
        await copying.WaitAsync(Limit);
    }

    [Fact]
    public async Task A_program_that_cannot_be_started_is_an_error_with_the_words_of_the_gateway()
    {
        ScriptedAgent agent = new()
        {
            Handshake = null,
            OnReady = agent => agent.SendControl(MessageType.ChannelClosed, """{"Output":"no such file: /bin/nosuch"}"""),
        };
        await using ScriptedGateway gateway = new() { Agent = agent };

        var error = await Assert.ThrowsAsync<FargateException>(() => OpenAsync(gateway));

        Assert.Contains("no such file: /bin/nosuch.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_encrypted_shell_uses_a_data_key_of_KMS_for_both_directions()
    {
        ConcurrentQueue<byte[]> received = [];
        JsonElement response = default;
        // The other side has the halves the other way round.
        var key = Enumerable.Range(0, 64).Select(index => (byte)((index + 32) % 64)).ToArray();
        using ChannelCipher cipher = new(key);
        ScriptedAgent agent = new()
        {
            Handshake = EncryptedHandshake,
            OnHandshake = (agent, answer) =>
            {
                response = answer;
                agent.Send(
                    PayloadType.ChallengeRequest,
                    JsonSerializer.SerializeToUtf8Bytes(new { Challenge = cipher.Encrypt("challenge"u8) }));
            },
        };
        agent.OnData = (type, data) =>
        {
            if (type == PayloadType.ChallengeResponse)
            {
                var challenge = JsonDocument.Parse(data).RootElement.GetProperty("Challenge").GetBytesFromBase64();
                Assert.Equal("challenge"u8.ToArray(), cipher.Decrypt(challenge));
                agent.Complete();
                agent.Send(PayloadType.Output, cipher.Encrypt("$ "u8));
            }
            else
            {
                received.Enqueue(type == PayloadType.Output ? cipher.Decrypt(data) : data);
            }
        };
        await using ScriptedGateway gateway = new() { Agent = agent };
        await using var shell = await OpenAsync(gateway);
        using MemoryStream output = new();
        var copying = CopyOutputAsync(shell, output);

        await shell.SendAsync("ls\n"u8.ToArray(), CancellationToken.None);
        await Eventually.Async(() => received.Count == 1 && output.Length == 2, () => $"{received.Count} {output.Length}");

        Assert.Equal("ls\n"u8.ToArray(), received.Single());
        Assert.Equal("$ "u8.ToArray(), output.ToArray());
        Assert.Equal("AQID", response.GetProperty("ProcessedClientActions")[0].GetProperty("ActionResult").GetProperty("KMSCipherTextKey").GetString());
        Assert.Contains("GenerateDataKey key-1 aws:ssm:SessionId=me-0123 aws:ssm:TargetId=ecs:dev_0123_0123-456", gateway.Calls);
        await shell.DisposeAsync();
        await copying.WaitAsync(Limit);
    }

    [Fact]
    public async Task A_key_that_the_caller_may_not_use_is_an_error_that_names_the_setting()
    {
        var status = 0;
        ScriptedAgent agent = new()
        {
            Handshake = EncryptedHandshake,
            OnHandshake = (agent, answer) =>
            {
                status = answer.GetProperty("ProcessedClientActions")[0].GetProperty("ActionStatus").GetInt32();
                agent.Complete();
            },
        };
        var denied = new FargateException(FargateError.AccessDenied, "The key is denied.", "Allow it in the policy.");
        await using ScriptedGateway gateway = new() { Agent = agent, GeneratesKey = () => throw denied };

        var error = await Assert.ThrowsAsync<FargateException>(() => OpenAsync(gateway));

        Assert.Equal(2, status);
        Assert.Contains("'key-1'", error.Message, StringComparison.Ordinal);
        Assert.Contains("executeCommandConfiguration", error.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cipher_takes_only_what_the_other_half_of_its_key_has_encrypted()
    {
        using ChannelCipher one = new([.. Enumerable.Range(0, 64).Select(index => (byte)index)]);
        using ChannelCipher other = new([.. Enumerable.Range(0, 64).Select(index => (byte)((index + 32) % 64))]);

        var encrypted = one.Encrypt("text"u8);

        Assert.Equal(12 + 4 + 16, encrypted.Length);
        Assert.Equal("text"u8.ToArray(), other.Decrypt(encrypted));
        Assert.ThrowsAny<CryptographicException>(() => one.Decrypt(encrypted));
        encrypted[13] ^= 1;
        Assert.ThrowsAny<CryptographicException>(() => other.Decrypt(encrypted));
        Assert.ThrowsAny<CryptographicException>(() => other.Decrypt(encrypted.AsSpan(0, 20)));
    }

    private static Task<ShellChannel> OpenAsync(ScriptedGateway gateway) => ShellChannel
        .OpenAsync(gateway, gateway.Ticket, ScriptedGateway.Target, gateway.Options, CancellationToken.None).WaitAsync(Limit);

    private static async Task<ChannelEnd> CopyOutputAsync(ShellChannel shell, Stream output)
    {
        while (await shell.ReadAsync(CancellationToken.None) is { Length: > 0 } bytes)
        {
            await output.WriteAsync(bytes);
        }

        return await shell.Ended;
    }
}
