using System.Text.Json.Serialization;
using Amazon.Runtime;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Kms;

/// <summary>The client of AWS KMS, for the keys of encrypted data channels.</summary>
internal sealed class KmsClient(AWSCredentials credentials, ClientSettings settings)
    : AwsJsonClient(credentials, settings, "TrentService", KmsShapes.OnWire)
{
    internal const string ServiceId = "KMS";
    internal const string SigningName = "kms";

    /// <summary>The length of a data key in bytes: one half for each direction.</summary>
    private const int KeyLength = 64;

    internal async Task<SessionDataKey> GenerateDataKeyAsync(
        string keyId, IReadOnlyDictionary<string, string> context, CancellationToken cancellationToken)
    {
        var output = await CallAsync<GenerateDataKeyInput, GenerateDataKeyOutput>(
            "GenerateDataKey", new(keyId, context, KeyLength), cancellationToken);
        return output is { Plaintext: { Length: KeyLength } key, CiphertextBlob: { Length: > 0 } encrypted }
            ? new(key, encrypted)
            : throw CloudErrors.MalformedReply("kms:GenerateDataKey", $"lacks a key of {KeyLength} bytes");
    }
}

/// <summary>Every input and output of the operations of <see cref="KmsClient"/>, for System.Text.Json.</summary>
[JsonSerializable(typeof(GenerateDataKeyInput))]
[JsonSerializable(typeof(GenerateDataKeyOutput))]
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
internal sealed partial class KmsShapes : JsonSerializerContext
{
    internal static KmsShapes OnWire { get; } = new(WireJson.CreateOptions(isCamelCase: false));
}

internal sealed record GenerateDataKeyInput(string KeyId, IReadOnlyDictionary<string, string> EncryptionContext, int NumberOfBytes);

internal sealed class GenerateDataKeyOutput
{
    /// <summary>The key. The serializer reads blobs of AWS's protocol, base64, as arrays of bytes.</summary>
    public byte[]? Plaintext { get; init; }
    public byte[]? CiphertextBlob { get; init; }
}
