using System.Text.Json.Serialization;
using Amazon.Runtime;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Ssm;

/// <summary>
/// The client of AWS Systems Manager, for the sessions that carry data channels. Three operations do not warrant the SDK's client,
/// which is a megabyte and a half.
/// </summary>
internal sealed class SsmClient(AWSCredentials credentials, ClientSettings settings)
    : AwsJsonClient(credentials, settings, "AmazonSSM", SsmShapes.OnWire)
{
    internal const string ServiceId = "SSM";
    internal const string SigningName = "ssm";

    internal async Task<ChannelTicket> StartSessionAsync(StartSessionInput input, CancellationToken cancellationToken)
    {
        var output = await CallAsync<StartSessionInput, SessionOutput>("StartSession", input, cancellationToken);
        return output is { SessionId.Length: > 0, StreamUrl.Length: > 0, TokenValue.Length: > 0 }
            ? new(output.SessionId, output.StreamUrl, output.TokenValue)
            : throw CloudErrors.MalformedReply("ssm:StartSession", "lacks SessionId, StreamUrl or TokenValue");
    }

    /// <returns>Null when the reply has no token, which means that the session has ended.</returns>
    internal async Task<ChannelTicket?> ResumeSessionAsync(string sessionId, CancellationToken cancellationToken)
    {
        var output = await CallAsync<SessionInput, SessionOutput>("ResumeSession", new(sessionId), cancellationToken);
        return output is { StreamUrl.Length: > 0, TokenValue.Length: > 0 }
            ? new(sessionId, output.StreamUrl, output.TokenValue)
            : null;
    }

    internal Task<SessionOutput> TerminateSessionAsync(string sessionId, CancellationToken cancellationToken) =>
        CallAsync<SessionInput, SessionOutput>("TerminateSession", new(sessionId), cancellationToken);
}

/// <summary>Every input and output of the operations of <see cref="SsmClient"/>, for System.Text.Json.</summary>
[JsonSerializable(typeof(StartSessionInput))]
[JsonSerializable(typeof(SessionInput))]
[JsonSerializable(typeof(SessionOutput))]
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
internal sealed partial class SsmShapes : JsonSerializerContext
{
    internal static SsmShapes OnWire { get; } = new(WireJson.CreateOptions(isCamelCase: false));
}

/// <summary>The input of StartSession.</summary>
/// <param name="Target">The target, ecs:CLUSTER_TASKID_RUNTIMEID.</param>
/// <param name="DocumentName">The document, and so the kind of session.</param>
/// <param name="Parameters">The parameters of the document.</param>
/// <param name="Reason">The reason that AWS keeps with the session.</param>
internal sealed record StartSessionInput(
    string Target, string DocumentName, IReadOnlyDictionary<string, IReadOnlyList<string>> Parameters, string Reason);

internal sealed record SessionInput(string SessionId);

internal sealed class SessionOutput
{
    public string? SessionId { get; init; }
    public string? StreamUrl { get; init; }
    public string? TokenValue { get; init; }
}
