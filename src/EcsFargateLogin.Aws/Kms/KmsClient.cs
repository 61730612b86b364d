using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Kms;

/// <summary>The client of AWS KMS, for the keys of encrypted data channels.</summary>
internal sealed class KmsClient(AWSCredentials credentials, ClientSettings settings)
    : SdkClient(settings, () => new Sdk(credentials, settings))
{
    internal const string ServiceId = "KMS";
    internal const string SigningName = "kms";

    /// <summary>The length of a data key in bytes: one half for each direction.</summary>
    private const int KeyLength = 64;

    internal async Task<SessionDataKey> GenerateDataKeyAsync(
        string keyId, IReadOnlyDictionary<string, string> context, CancellationToken cancellationToken)
    {
        GenerateDataKeyRequest request = new()
        {
            KeyId = keyId,
            NumberOfBytes = KeyLength,
            EncryptionContext = new Dictionary<string, string>(context),
        };
        var reply = await ((AmazonKeyManagementServiceClient)Client).GenerateDataKeyAsync(request, cancellationToken);
        return reply is { Plaintext: { Length: KeyLength } key, CiphertextBlob: { Length: > 0 } encrypted }
            ? new(key.ToArray(), encrypted.ToArray())
            : throw CloudErrors.MalformedReply("kms:GenerateDataKey", $"lacks a key of {KeyLength} bytes");
    }

    private sealed class Sdk(AWSCredentials credentials, ClientSettings settings)
        : AmazonKeyManagementServiceClient(credentials, settings.ApplyTo(new Config()))
    {
        protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
        {
            base.CustomizeRuntimePipeline(pipeline);
            CheckReplies(pipeline);
        }
    }

    private sealed class Config : AmazonKeyManagementServiceConfig
    {
        public override string UserAgent => ClientSettings.UserAgent;
    }
}
