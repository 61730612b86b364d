using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Ssm;

/// <summary>The client of AWS Systems Manager, for the sessions that carry data channels.</summary>
internal sealed class SsmClient(AWSCredentials credentials, ClientSettings settings)
    : SdkClient(settings, () => new Sdk(credentials, settings))
{
    internal const string ServiceId = "SSM";
    internal const string SigningName = "ssm";

    private AmazonSimpleSystemsManagementClient Ssm => (AmazonSimpleSystemsManagementClient)Client;

    /// <param name="target">The target, ecs:CLUSTER_TASKID_RUNTIMEID.</param>
    /// <param name="document">The document, and so the kind of session.</param>
    /// <param name="parameters">The parameters of the document.</param>
    /// <param name="reason">The reason that AWS keeps with the session.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    internal async Task<ChannelTicket> StartSessionAsync(
        string target,
        string document,
        Dictionary<string, List<string>> parameters,
        string reason,
        CancellationToken cancellationToken)
    {
        StartSessionRequest request = new() { Target = target, DocumentName = document, Parameters = parameters, Reason = reason };
        var reply = await Ssm.StartSessionAsync(request, cancellationToken);
        return reply is { SessionId.Length: > 0, StreamUrl.Length: > 0, TokenValue.Length: > 0 }
            ? new(reply.SessionId, reply.StreamUrl, reply.TokenValue)
            : throw CloudErrors.MalformedReply("ssm:StartSession", "lacks SessionId, StreamUrl or TokenValue");
    }

    /// <returns>Null when the reply has no token, which means that the session has ended.</returns>
    internal async Task<ChannelTicket?> ResumeSessionAsync(string sessionId, CancellationToken cancellationToken)
    {
        var reply = await Ssm.ResumeSessionAsync(new ResumeSessionRequest { SessionId = sessionId }, cancellationToken);
        return reply is { StreamUrl.Length: > 0, TokenValue.Length: > 0 }
            ? new(sessionId, reply.StreamUrl, reply.TokenValue)
            : null;
    }

    internal Task<TerminateSessionResponse> TerminateSessionAsync(string sessionId, CancellationToken cancellationToken) =>
        Ssm.TerminateSessionAsync(new TerminateSessionRequest { SessionId = sessionId }, cancellationToken);

    private sealed class Sdk(AWSCredentials credentials, ClientSettings settings)
        : AmazonSimpleSystemsManagementClient(credentials, settings.ApplyTo(new Config()))
    {
        protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
        {
            base.CustomizeRuntimePipeline(pipeline);
            CheckReplies(pipeline);
        }
    }

    private sealed class Config : AmazonSimpleSystemsManagementConfig
    {
        public override string UserAgent => ClientSettings.UserAgent;
    }
}
