using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.SessionManager;

/// <summary>The kinds of sessions that this client opens.</summary>
internal enum ChannelKind
{
    /// <summary>A TCP port, over which streams are multiplexed.</summary>
    Port,

    /// <summary>A terminal.</summary>
    Shell,
}

/// <summary>What a data channel is opened for.</summary>
/// <param name="Kind">The kind of session.</param>
/// <param name="Target">The container: ecs:CLUSTER_TASKID_RUNTIMEID.</param>
internal sealed record ChannelPurpose(ChannelKind Kind, string Target);

/// <summary>
/// Answers the agent's handshake: it names the kind of the session, and a KMS key where the account encrypts sessions
/// (aws/session-manager-plugin, datachannel/streaming.go).
/// </summary>
/// <param name="sessions">Systems Manager and KMS.</param>
/// <param name="sessionId">The session.</param>
/// <param name="purpose">What the channel is for.</param>
internal sealed class ChannelHandshake(ISessionManager sessions, string sessionId, ChannelPurpose purpose)
{
    /// <summary>
    /// The version that this client announces. The agent closes idle sessions of clients before 1.2.331.0, and AWS supports
    /// clients from 1.2.764.0 on.
    /// </summary>
    public const string ClientVersion = "1.2.764.0";

    /// <summary>Upper bound for the size of an answer, in bytes. The encrypted data key is most of it.</summary>
    public const int LargestAnswer = 16 * 1024;

    /// <summary>The first version of the agent that multiplexes streams over a port.</summary>
    private static readonly Version OldestForPorts = new(3, 0, 196, 1);

    private static readonly string[] Shells = ["Standard_Stream", "InteractiveCommands", "NonInteractiveCommands"];

    /// <summary>The cipher of the session's data; null where it is not encrypted, or not yet.</summary>
    public ChannelCipher? Cipher { get; private set; }

    /// <summary>The error that the answer has told the agent of; null for none.</summary>
    public FargateException? Failure { get; private set; }

    /// <summary>Answers a request of the agent.</summary>
    /// <returns>The payload of the answer.</returns>
    /// <exception cref="FargateException">The request is malformed.</exception>
    public async Task<byte[]> AnswerAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        List<Answer> answers = [];
        try
        {
            using var document = JsonDocument.Parse(request);
            var agent = TextOf(document.RootElement, "AgentVersion");
            foreach (var action in document.RootElement.GetProperty("RequestedClientActions").EnumerateArray())
            {
                answers.Add(await PerformAsync(action, agent, cancellationToken));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw ChannelErrors.Unexpected(sessionId, "a handshake that cannot be read");
        }

        return Write(answers);
    }

    /// <summary>Answers the agent's challenge, which shows that both sides have the same key.</summary>
    /// <exception cref="FargateException">The challenge is malformed.</exception>
    public byte[] AnswerChallenge(ReadOnlyMemory<byte> request)
    {
        try
        {
            using var document = JsonDocument.Parse(request);
            var challenge = document.RootElement.GetProperty("Challenge").GetBytesFromBase64();
            var answer = Cipher!.Encrypt(Cipher.Decrypt(challenge));
            return JsonSerializer.SerializeToUtf8Bytes(new { Challenge = Convert.ToBase64String(answer) });
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException
            or NullReferenceException or CryptographicException)
        {
            throw ChannelErrors.Unexpected(sessionId, "a challenge that its key does not decrypt");
        }
    }

    private async Task<Answer> PerformAsync(JsonElement action, string? agent, CancellationToken cancellationToken)
    {
        var type = TextOf(action, "ActionType") ?? "";
        var parameters = action.GetProperty("ActionParameters");
        switch (type)
        {
            case "SessionType":
                return CheckKind(type, parameters, agent);
            case "KMSEncryption":
                return await EncryptAsync(type, TextOf(parameters, "KMSKeyId") ?? "", cancellationToken);
            default:
                Failure ??= ChannelErrors.Unexpected(sessionId, $"the demand '{type}', which this module does not know");
                return new Answer(type, ActionStatus.Unsupported, null);
        }
    }

    private Answer CheckKind(string type, JsonElement parameters, string? agent)
    {
        var kind = TextOf(parameters, "SessionType");
        var isRight = purpose.Kind == ChannelKind.Shell
            ? Shells.Contains(kind)
            : kind == "Port" && parameters.TryGetProperty("Properties", out var properties)
                && TextOf(properties, "type") == "LocalPortForwarding";
        if (!isRight)
        {
            Failure ??= ChannelErrors.Unexpected(sessionId, $"a session of another kind than was started: '{kind}'");
        }
        else if (purpose.Kind == ChannelKind.Port && Version.TryParse(agent, out var version) && version < OldestForPorts)
        {
            Failure ??= ChannelErrors.AgentTooOld(purpose.Target, agent);
        }

        return new Answer(type, Failure is null ? ActionStatus.Done : ActionStatus.Failed, null);
    }

    private async Task<Answer> EncryptAsync(string type, string keyId, CancellationToken cancellationToken)
    {
        try
        {
            Dictionary<string, string> context = new()
            {
                ["aws:ssm:SessionId"] = sessionId,
                ["aws:ssm:TargetId"] = purpose.Target,
            };
            var key = await sessions.GenerateDataKeyAsync(keyId, context, cancellationToken);
            Cipher = new ChannelCipher(key.Plaintext);
            return new Answer(type, ActionStatus.Done, key.Encrypted);
        }
        catch (FargateException e)
        {
            Failure = ChannelErrors.KeyUnavailable(keyId, e);
            return new Answer(type, ActionStatus.Failed, null);
        }
    }

    private byte[] Write(IEnumerable<Answer> answers)
    {
        ArrayBufferWriter<byte> buffer = new();
        using Utf8JsonWriter json = new(buffer);
        json.WriteStartObject();
        json.WriteString("ClientVersion", ClientVersion);
        json.WriteStartArray("ProcessedClientActions");
        foreach (var answer in answers)
        {
            answer.Write(json, Failure?.Summary ?? "");
        }

        json.WriteEndArray();
        json.WriteNull("Errors");
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenCount <= LargestAnswer
            ? buffer.WrittenSpan.ToArray()
            : throw ChannelErrors.Unexpected(sessionId, "more demands than a handshake has");
    }

    private static string? TextOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private enum ActionStatus
    {
        Done = 1,
        Failed = 2,
        Unsupported = 3,
    }

    /// <summary>The answer to an action.</summary>
    private sealed record Answer(string Type, ActionStatus Status, byte[]? EncryptedKey)
    {
        public void Write(Utf8JsonWriter json, string error)
        {
            json.WriteStartObject();
            json.WriteString("ActionType", Type);
            json.WriteNumber("ActionStatus", (int)Status);
            if (EncryptedKey is null)
            {
                json.WriteNull("ActionResult");
            }
            else
            {
                json.WriteStartObject("ActionResult");
                json.WriteBase64String("KMSCipherTextKey", EncryptedKey);
                json.WriteEndObject();
            }

            json.WriteString("Error", Status == ActionStatus.Done ? "" : error);
            json.WriteEndObject();
        }
    }
}

/// <summary>
/// Encrypts the data of a session: AES-256-GCM, with the nonce before the cipher text and the tag after it
/// (aws/session-manager-plugin, encryption/encrypter.go).
/// </summary>
internal sealed class ChannelCipher : IDisposable
{
    private const int KeySize = 64;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly AesGcm _decryption;
    private readonly AesGcm _encryption;

    /// <param name="key">The data key of the session: half of it for each direction.</param>
    /// <exception cref="FargateException">The key has another size.</exception>
    public ChannelCipher(byte[] key)
    {
        if (key.Length != KeySize)
        {
            throw ChannelErrors.Unexpected("of KMS", $"a data key of {key.Length} bytes");
        }

        _decryption = new AesGcm(key.AsSpan(0, KeySize / 2), TagSize);
        _encryption = new AesGcm(key.AsSpan(KeySize / 2), TagSize);
    }

    public byte[] Encrypt(ReadOnlySpan<byte> data)
    {
        var result = new byte[NonceSize + data.Length + TagSize];
        var nonce = result.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        _encryption.Encrypt(nonce, data, result.AsSpan(NonceSize, data.Length), result.AsSpan(NonceSize + data.Length));
        return result;
    }

    /// <exception cref="CryptographicException">It was not encrypted with this key.</exception>
    public byte[] Decrypt(ReadOnlySpan<byte> data)
    {
        if (data.Length < NonceSize + TagSize)
        {
            throw new CryptographicException("The data is too short.");
        }

        var result = new byte[data.Length - NonceSize - TagSize];
        _decryption.Decrypt(data[..NonceSize], data.Slice(NonceSize, result.Length), data[^TagSize..], result);
        return result;
    }

    public void Dispose()
    {
        _decryption.Dispose();
        _encryption.Dispose();
    }
}
