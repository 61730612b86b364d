namespace LocalFargate.Faults;

/// <summary>The connection is reset: both ends see that it is gone.</summary>
public sealed record PathReset : PathFault;

/// <summary>The connection is closed to both ends in good order, as a load balancer does it.</summary>
public sealed record PathClosed : PathFault;

/// <summary>Nothing comes through this direction any more, and neither end is told.</summary>
public sealed record PathStalled : PathFault;

/// <summary>From this byte on, each part of the direction's bytes comes late.</summary>
public sealed record PathLate : PathFault
{
    /// <summary>How late.</summary>
    public required TimeSpan By { get; init; }
}

/// <summary>A bit of the byte changes.</summary>
public sealed record ByteFlipped : PathFault
{
    /// <summary>The bits that change.</summary>
    public byte Bits { get; init; } = 0x20;
}

/// <summary>The byte comes twice.</summary>
public sealed record ByteRepeated : PathFault;

/// <summary>The byte does not come.</summary>
public sealed record ByteLost : PathFault;

/// <summary>The way of bytes on a connection to a port of a task.</summary>
public enum PathDirection
{
    /// <summary>From the client to the task.</summary>
    ToTask,

    /// <summary>From the task to the client.</summary>
    ToClient,
}

/// <summary>
/// A fault in the path of a connection to a port of a task: directly, through Instance Connect or through Session Manager. It
/// happens once, unless <see cref="Fault.Times"/> says something else; connections that do not get as far do not count.
/// </summary>
public abstract record PathFault : Fault
{
    /// <summary>Makes one that happens once.</summary>
    protected PathFault() => Times = 1;

    /// <summary>The way of the byte.</summary>
    public required PathDirection Direction { get; init; }

    /// <summary>The place of the byte among all that the connection carries that way; 0 is the first.</summary>
    public required long At { get; init; }
}
