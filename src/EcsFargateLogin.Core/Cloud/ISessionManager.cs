namespace EcsFargateLogin.Cloud;

/// <summary>
/// The operations of Systems Manager and KMS that a data channel needs. Throws as <see cref="IFargateCloud"/> does.
/// </summary>
internal interface ISessionManager
{
    /// <summary>Starts a session that forwards one TCP port, by document AWS-StartPortForwardingSession (or …ToRemoteHost).</summary>
    /// <param name="target">The container: ecs:CLUSTER_TASKID_RUNTIMEID.</param>
    /// <param name="port">The port, 1 to 65535.</param>
    /// <param name="remoteHost">The host that the container connects to; null for the container itself.</param>
    /// <param name="reason">The reason that AWS keeps with the session.</param>
    /// <param name="cancellationToken">Cancels it. The session may have been started all the same.</param>
    Task<ChannelTicket> StartPortAsync(
        string target, int port, string? remoteHost, string reason, CancellationToken cancellationToken);

    /// <summary>Gets a new token for an interrupted session.</summary>
    /// <returns>Null when the session has ended or timed out, so that AWS gives no token.</returns>
    Task<ChannelTicket?> ResumeAsync(string sessionId, CancellationToken cancellationToken);

    /// <summary>Ends a session. Succeeds when it has ended already.</summary>
    Task TerminateAsync(string sessionId, CancellationToken cancellationToken);

    /// <summary>
    /// Signs the GET request that opens the WebSocket of a data channel: SigV4 in headers, service ssmmessages, no payload. The
    /// canonical query is that of the decoded parameters, because cell-number holds + and / as they are.
    /// </summary>
    /// <param name="streamUrl">The URL of the channel, which is not presigned.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The headers to add: Authorization, X-Amz-Date and, for temporary credentials, X-Amz-Security-Token.</returns>
    Task<IReadOnlyDictionary<string, string>> SignAsync(Uri streamUrl, CancellationToken cancellationToken);

    /// <summary>Creates a data key of 64 bytes by kms:GenerateDataKey, for a session that the account encrypts.</summary>
    /// <param name="keyId">The id or ARN of the KMS key.</param>
    /// <param name="context">The encryption context.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    Task<SessionDataKey> GenerateDataKeyAsync(
        string keyId, IReadOnlyDictionary<string, string> context, CancellationToken cancellationToken);
}

/// <summary>
/// What opens the data channel of a session. The token grants access to the container, so ToString() does not show it.
/// </summary>
/// <param name="SessionId">The id of the session in Systems Manager.</param>
/// <param name="StreamUrl">The URL of the channel, exactly as AWS returned it.</param>
/// <param name="TokenValue">The secret that authorizes one connection.</param>
internal sealed record ChannelTicket(string SessionId, string StreamUrl, string TokenValue)
{
    /// <summary>The session's id alone.</summary>
    public override string ToString() => SessionId;
}

/// <summary>A data key of KMS. ToString() does not show it.</summary>
/// <param name="Plaintext">The key, 64 bytes.</param>
/// <param name="Encrypted">The key as KMS has encrypted it.</param>
internal sealed record SessionDataKey(byte[] Plaintext, byte[] Encrypted)
{
    /// <summary>The name of the type alone.</summary>
    public override string ToString() => nameof(SessionDataKey);
}
