namespace EcsFargateLogin.Cloud;

/// <summary>One call of ExecuteCommand, for a program with a terminal.</summary>
internal sealed record ExecuteCommandRequest
{
    /// <summary>A cluster's name or ARN.</summary>
    public required string Cluster { get; init; }

    /// <summary>The task's ARN or id.</summary>
    public required string Task { get; init; }

    /// <summary>The container; null for the only one there is.</summary>
    public string? ContainerName { get; init; }

    /// <summary>A line that is split into words as a POSIX shell does it, and that no shell reads.</summary>
    public required string Command { get; init; }
}

/// <summary>
/// Where a program's input and output go. Whoever has the token is in the container, so that it shows itself to nobody.
/// </summary>
/// <param name="SessionId">The id of the channel's session in Systems Manager.</param>
/// <param name="StreamUrl">Where the channel is.</param>
/// <param name="TokenValue">The secret that opens it.</param>
internal sealed record ExecuteCommandChannel(string SessionId, string StreamUrl, string TokenValue)
{
    /// <summary>The session's id alone.</summary>
    public override string ToString() => SessionId;
}

/// <summary>How a program asks Systems Manager that goes on with a channel on the session's behalf.</summary>
/// <param name="Endpoint">The URL of Systems Manager; empty for the region's own.</param>
/// <param name="Credentials">What it asks with; null for what it finds itself.</param>
internal sealed record ChannelAccess(string Endpoint, ChannelCredentials? Credentials);

/// <summary>Credentials for another program. They show themselves to nobody.</summary>
/// <param name="AccessKeyId">The access key.</param>
/// <param name="SecretAccessKey">Its secret.</param>
/// <param name="SessionToken">The token of temporary ones; null for others.</param>
internal sealed record ChannelCredentials(string AccessKeyId, string SecretAccessKey, string? SessionToken)
{
    /// <summary>The access key alone.</summary>
    public override string ToString() => AccessKeyId;
}
