using System.Text;
using System.Text.Json;
using EcsFargateLogin.SessionManager;
using EcsFargateLogin.Shells;
using EcsFargateLogin.Tests.SessionManager;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Fuzz;

/// <summary>Parsers of what agents and containers send through Session Manager, and of what a terminal shows.</summary>
internal sealed class ChannelParsers : ParserTable
{
    private const string Marker = "MARKER";

    private readonly TemporaryFolder _folder;
    private readonly ScriptedGateway _gateway;
    private int _count;

    public ChannelParsers()
    {
        _gateway = Own(new ScriptedGateway());
        _folder = Own(new TemporaryFolder());
        AddBytes("a message of a data channel", [Message(MessageType.OutputStreamData), Message(MessageType.ChannelClosed), Message(MessageType.Acknowledge)], bytes =>
            [ChannelMessage.TryRead(bytes, out var message) ? $"{message.Type} {message.Number} {message.Payload.Length}" : null]);
        AddBytes("an acknowledgement", [Message(MessageType.Acknowledge)[ChannelMessage.HeaderSize..]], bytes =>
            [$"{Acknowledgement.TryReadNumber(bytes, out var number)} {number}"]);
        AddBytes(
            "a handshake for a port",
            [
                """{"AgentVersion":"3.1.1732.0","RequestedClientActions":[{"ActionType":"SessionType","ActionParameters":{"SessionType":"Port","Properties":{"type":"LocalPortForwarding","portNumber":"22"}}}]}"""u8.ToArray(),
                """{"AgentVersion":"3.1","RequestedClientActions":[{"ActionType":"KMSEncryption","ActionParameters":{"KMSKeyId":"alias/x"}}]}"""u8.ToArray(),
            ],
            bytes => HandshakeOf(bytes, ChannelKind.Port));
        AddBytes(
            "a handshake for a shell",
            ["""{"RequestedClientActions":[{"ActionType":"SessionType","ActionParameters":{"SessionType":"InteractiveCommands","Properties":null}}]}"""u8.ToArray()],
            bytes => HandshakeOf(bytes, ChannelKind.Shell));
        AddBytes("a challenge", [Challenge()], ChallengeOf);
        AddBytes("frames of streams", [Frames()], FramesOf);
        AddBytes("what a script of ECS Exec says", [Script()], bytes => ScriptOf(bytes));
        AddBytes("what a terminal shows", ["$ ls\r\n\e[1mone\e[0m é\r\n"u8.ToArray()], TranscriptOf);
    }

    private static byte[] Message(MessageType type)
    {
        var payload = Encoding.ASCII.GetBytes($$"""{"AcknowledgedMessageSequenceNumber":{{7}},"IsSequentialMessage":true}""");
        byte[] target = [.. new byte[ChannelMessage.HeaderSize], .. payload];
        ChannelMessage.WriteHeader(
            target, new ChannelMessage(type, 7, Guid.Empty, PayloadType.Output, payload), DateTimeOffset.UnixEpoch);
        return target;
    }

    private IEnumerable<string?> HandshakeOf(byte[] request, ChannelKind kind)
    {
        ChannelHandshake handshake = new(_gateway, ScriptedGateway.SessionId, new ChannelPurpose(kind, ScriptedGateway.Target));
        var answer = handshake.AnswerAsync(request, CancellationToken.None).GetAwaiter().GetResult();
        using var json = JsonDocument.Parse(answer);
        return [handshake.Failure?.Message];
    }

    private byte[] Challenge()
    {
        // The agent encrypts with the key by which this side decrypts.
        using ChannelCipher agent = new([.. _gateway.DataKey[32..], .. _gateway.DataKey[..32]]);
        return JsonSerializer.SerializeToUtf8Bytes(new { Challenge = Convert.ToBase64String(agent.Encrypt("challenge"u8)) });
    }

    private IEnumerable<string?> ChallengeOf(byte[] request)
    {
        ChannelHandshake handshake = new(
            _gateway, ScriptedGateway.SessionId, new ChannelPurpose(ChannelKind.Shell, ScriptedGateway.Target));
        var encryption = """{"RequestedClientActions":[{"ActionType":"KMSEncryption","ActionParameters":{"KMSKeyId":"alias/x"}}]}"""u8;
        handshake.AnswerAsync(encryption.ToArray(), CancellationToken.None).GetAwaiter().GetResult();
        return [$"{handshake.AnswerChallenge(request).Length}"];
    }

    private static byte[] Frames() =>
        [1, 3, 0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 3, 0, 0, 0, (byte)'a', (byte)'b', (byte)'c', 1, 1, 0, 0, 3, 0, 0, 0];

    private IEnumerable<string?> FramesOf(byte[] bytes)
    {
        MuxSession mux = new(() => { }, TimeProvider.System);
        ChannelPurpose purpose = new(ChannelKind.Port, ScriptedGateway.Target);
        DataChannel channel = new(_gateway, _gateway.Ticket, purpose, mux, _gateway.Options);
        mux.Attach(channel);
        foreach (var part in bytes.Chunk(5))
        {
            mux.ReceiveAsync(PayloadType.Output, part, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }

        return [];
    }

    private static byte[] Script() => Encoding.ASCII.GetBytes(
        $"before{Marker}r{Marker}m{Marker}n{Marker}bout\r\n{Marker}ean error\r\n{Marker}pa piece\nmore{Marker}x7;rest");

    private static IEnumerable<string?> ScriptOf(byte[] bytes)
    {
        var script = ExecScript.WithPipes("true");
        var seen = 0L;
        ExecOutput output = new(script, part => seen += part.Length, part => seen += part.Length);
        var text = Encoding.Latin1.GetString(bytes).Replace(Marker, Encoding.Latin1.GetString(script.Marker), StringComparison.Ordinal);
        foreach (var part in Encoding.Latin1.GetBytes(text).Chunk(1000))
        {
            output.Add(part);
        }

        return [$"{seen} {output.ExitCode}"];
    }

    private IEnumerable<string?> TranscriptOf(byte[] bytes)
    {
        var path = _folder[$"{++_count}.cast"];
        var transcript = Transcript.Begin(path, TranscriptVersion.V3, SampleTask.Session(), new(80, 24));
        foreach (var part in bytes.Chunk(7))
        {
            transcript.Add(part);
        }

        transcript.DisposeAsync().AsTask().GetAwaiter().GetResult();
        foreach (var line in File.ReadLines(path))
        {
            using var json = JsonDocument.Parse(line);
        }

        return [transcript.Fault];
    }
}
