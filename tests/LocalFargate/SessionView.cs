namespace LocalFargate;

/// <summary>A session of Session Manager as the gateway sees it, at one moment.</summary>
public sealed record SessionView
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The task's ARN.</summary>
    public required string TaskArn { get; init; }

    /// <summary>The container's name.</summary>
    public required string ContainerName { get; init; }

    /// <summary>The document's name; null for a session of ExecuteCommand.</summary>
    public string? DocumentName { get; init; }

    /// <summary>The reason given to StartSession.</summary>
    public string? Reason { get; init; }

    /// <summary>How far it has come.</summary>
    public required SessionStatus Status { get; init; }

    /// <summary>Whether a client is connected.</summary>
    public required bool IsConnected { get; init; }

    /// <summary>How many times a client has connected.</summary>
    public required int Connections { get; init; }

    /// <summary>What channel_closed has told the client, once it is over.</summary>
    public string? Output { get; init; }

    /// <summary>What the client has done against the protocol.</summary>
    public IReadOnlyList<string> Violations { get; init; } = [];

    /// <summary>The messages that the client has sent, those that were lost and sent again among them.</summary>
    public required long MessagesFromClient { get; init; }

    /// <summary>The messages of the agent for the client, those that were lost and sent again among them.</summary>
    public required long MessagesFromAgent { get; init; }
}

/// <summary>How far a session has come.</summary>
public enum SessionStatus
{
    /// <summary>The agent serves as many as it can, or does not serve this one.</summary>
    Waiting,

    /// <summary>The agent serves it, and waits for its client or for the handshake.</summary>
    Opening,

    /// <summary>Its port or its program can be used.</summary>
    Open,

    /// <summary>It is over.</summary>
    Ended,
}
