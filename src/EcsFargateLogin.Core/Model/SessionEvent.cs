namespace EcsFargateLogin.Model;

/// <summary>An event that a user may want to see while a session starts or ends.</summary>
/// <param name="Session">The session.</param>
internal abstract record SessionEvent(FargateSession Session);

/// <summary>A session has reached a phase: a task status of ECS, or a wait after it.</summary>
/// <param name="Session">The session.</param>
/// <param name="Phase">PROVISIONING, PENDING, …, or a few words.</param>
/// <param name="Elapsed">The time since the call that started it.</param>
/// <param name="Call">The name of that call.</param>
internal sealed record PhaseSeen(FargateSession Session, string Phase, TimeSpan Elapsed, string Call = PhaseSeen.Start)
    : SessionEvent(Session)
{
    /// <summary>The call that starts a session.</summary>
    public const string Start = "RunTask";
}

/// <summary>A detail for verbose output.</summary>
/// <param name="Session">The session.</param>
/// <param name="Message">The line.</param>
internal sealed record Detail(FargateSession Session, string Message) : SessionEvent(Session);

/// <summary>A warning.</summary>
/// <param name="Session">The session.</param>
/// <param name="Text">The warning.</param>
internal sealed record Caution(FargateSession Session, string Text) : SessionEvent(Session);

/// <summary>A notice for the user of an open shell: a line for the terminal.</summary>
/// <param name="Session">The session.</param>
/// <param name="Text">The line.</param>
internal sealed record ShellNotice(FargateSession Session, string Text) : SessionEvent(Session);

/// <summary>The task of a new session was accepted by ECS.</summary>
/// <param name="Session">The session.</param>
internal sealed record SessionStarted(FargateSession Session) : SessionEvent(Session);

/// <summary>A session has become ready.</summary>
/// <param name="Session">The session.</param>
internal sealed record SessionReady(FargateSession Session) : SessionEvent(Session);

/// <summary>A session will not become ready.</summary>
/// <param name="Session">The session.</param>
/// <param name="Error">Why.</param>
internal sealed record SessionFailed(FargateSession Session, FargateException Error) : SessionEvent(Session);

/// <summary>The condition for a session to be ready.</summary>
/// <param name="CanBeEntered">Whether a transport must be open; otherwise a running task with an address is enough.</param>
internal sealed record Readiness(bool CanBeEntered)
{
    /// <summary>The transport that must be open; null for the one that the session was started with.</summary>
    public FargateTransport? Transport { get; init; }

    /// <summary>The route that must be open, or that an address is wanted for; null for that of the session.</summary>
    public FargateRoute? Route { get; init; }
}

/// <summary>The capabilities of a transport.</summary>
internal static class TransportCapabilities
{
    /// <summary>Whether its sessions have a key and an SSH server.</summary>
    public static bool HasSsh(this FargateTransport transport) => transport != FargateTransport.EcsExec;

    /// <summary>Whether its tasks are started with ECS Exec enabled.</summary>
    public static bool HasEcsExec(this FargateTransport transport) => transport != FargateTransport.Ssh;
}
