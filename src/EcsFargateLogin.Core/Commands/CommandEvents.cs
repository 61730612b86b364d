using EcsFargateLogin.Model;

namespace EcsFargateLogin.Commands;

/// <summary>Lines that a command has printed.</summary>
/// <param name="Session">Where it runs.</param>
/// <param name="Lines">The lines, to be gone through once, while this is being delivered.</param>
/// <param name="AreErrors">Whether they came from standard error.</param>
internal sealed record LinesPrinted(FargateSession Session, IEnumerable<string> Lines, bool AreErrors) : SessionEvent(Session);

/// <summary>Bytes that a command has printed, as they are.</summary>
/// <param name="Session">Where it runs.</param>
/// <param name="Bytes">The bytes.</param>
internal sealed record BytesPrinted(FargateSession Session, byte[] Bytes) : SessionEvent(Session);

/// <summary>A command has ended, or its connection.</summary>
/// <param name="Session">Where it ran.</param>
/// <param name="ExitCode">ssh's exit code, which is the command's own unless there is an error.</param>
/// <param name="Duration">From the start of ssh on.</param>
/// <param name="Error">Why its output is partial, or null.</param>
internal sealed record CommandEnded(FargateSession Session, int ExitCode, TimeSpan Duration, FargateException? Error)
    : SessionEvent(Session);
