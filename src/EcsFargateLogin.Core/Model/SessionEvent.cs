namespace EcsFargateLogin.Model;

/// <summary>Something that a user may want to see while a session starts or ends.</summary>
/// <param name="Session">The session that it happened to.</param>
internal abstract record SessionEvent(FargateSession Session);

/// <summary>A phase that a session has come into: a task status of ECS, or what is waited for after it.</summary>
/// <param name="Session">The session.</param>
/// <param name="Phase">PROVISIONING, PENDING, …, or a few words.</param>
/// <param name="Elapsed">The time since the call that has set it going.</param>
/// <param name="Call">That call.</param>
internal sealed record PhaseSeen(FargateSession Session, string Phase, TimeSpan Elapsed, string Call = "RunTask")
    : SessionEvent(Session);

/// <summary>Something that is only worth a line when details are asked for.</summary>
/// <param name="Session">The session.</param>
/// <param name="Message">The line.</param>
internal sealed record Detail(FargateSession Session, string Message) : SessionEvent(Session);

/// <summary>Something to be warned of.</summary>
/// <param name="Session">The session.</param>
/// <param name="Text">The warning.</param>
internal sealed record Caution(FargateSession Session, string Text) : SessionEvent(Session);

/// <summary>Something to know while the session's shell is open: a line for the terminal.</summary>
/// <param name="Session">The session.</param>
/// <param name="Text">The line.</param>
internal sealed record ShellNotice(FargateSession Session, string Text) : SessionEvent(Session);

/// <summary>The task of a new session was accepted by ECS.</summary>
/// <param name="Session">The session.</param>
internal sealed record SessionStarted(FargateSession Session) : SessionEvent(Session);

/// <summary>A session that was waited for is ready.</summary>
/// <param name="Session">The session.</param>
internal sealed record SessionReady(FargateSession Session) : SessionEvent(Session);

/// <summary>A session that was waited for will not be ready.</summary>
/// <param name="Session">The session.</param>
/// <param name="Error">Why.</param>
internal sealed record SessionFailed(FargateSession Session, FargateException Error) : SessionEvent(Session);

/// <summary>The condition for a session to be ready.</summary>
/// <param name="PreferPrivate">Whether it is to be reached at its private address.</param>
/// <param name="CanBeEntered">Whether a way in must be open; otherwise a running task with an address will do.</param>
internal sealed record Readiness(bool PreferPrivate, bool CanBeEntered)
{
    /// <summary>The transport that must answer; null for the one that the session was started with.</summary>
    public FargateTransport? Transport { get; init; }
}

/// <summary>The ways that a transport allows.</summary>
internal static class TransportCapabilities
{
    /// <summary>Whether its sessions have a key, and an SSH server is expected in their containers.</summary>
    public static bool HasSsh(this FargateTransport transport) => transport != FargateTransport.EcsExec;

    /// <summary>Whether its sessions' tasks are started for ECS Exec.</summary>
    public static bool HasEcsExec(this FargateTransport transport) => transport != FargateTransport.Ssh;
}
