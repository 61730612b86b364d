namespace LocalFargate.Faults;

/// <summary>ResumeSession answers without a token, as for a session that has timed out.</summary>
public sealed record TokenExpired : Fault;

/// <summary>The agent takes a new session and never says anything.</summary>
public sealed record AgentSilent : Fault;

/// <summary>
/// The agent has not connected to the port of a new session yet: until then it does not acknowledge what the client sends.
/// </summary>
public sealed record AgentNotReady : Fault
{
    /// <summary>For how long after the handshake.</summary>
    public required TimeSpan For { get; init; }
}

/// <summary>Each message of a data channel takes some time.</summary>
public sealed record ChannelSlow : Fault
{
    /// <summary>The time that the gateway takes for each message of a client, and for each of an agent.</summary>
    public required TimeSpan Interval { get; init; }
}

/// <summary>A message is lost between client and agent.</summary>
public sealed record MessageLost : MessageFault;

/// <summary>A message arrives twice.</summary>
public sealed record MessageDuplicated : MessageFault;

/// <summary>A bit of a message changes. An agent drops such a message.</summary>
public sealed record MessageFlipped : MessageFault
{
    /// <summary>The place of the byte in the message; counted round where the message is shorter.</summary>
    public int Byte { get; init; }
}

/// <summary>A message arrives after the one that follows it.</summary>
public sealed record MessageReordered : MessageFault;

/// <summary>A message arrives late.</summary>
public sealed record MessageLate : MessageFault
{
    /// <summary>How late.</summary>
    public required TimeSpan By { get; init; }
}

/// <summary>The client's connection ends once a message has passed. The session can be resumed.</summary>
public sealed record ChannelCut : MessageFault
{
    /// <summary>Whether the gateway closes it with code 1000 and "Bye", as it does each hour, instead of cutting it.</summary>
    public bool SaysBye { get; init; }
}

/// <summary>The way of a message on a data channel.</summary>
public enum ChannelDirection
{
    /// <summary>From the client to the agent.</summary>
    ToAgent,

    /// <summary>From the agent to the client.</summary>
    ToClient,
}

/// <summary>A fault of a message on a data channel. It happens once, unless <see cref="Fault.Times"/> says something else.</summary>
public abstract record MessageFault : Fault
{
    /// <summary>Makes one that happens once.</summary>
    protected MessageFault() => Times = 1;

    /// <summary>The way of the message.</summary>
    public required ChannelDirection Direction { get; init; }

    /// <summary>The sequence number of the stream data, or of that which is acknowledged; null for any.</summary>
    public long? Sequence { get; init; }

    /// <summary>Whether the message is an acknowledgement; else it is stream data.</summary>
    public bool IsAcknowledgement { get; init; }
}
