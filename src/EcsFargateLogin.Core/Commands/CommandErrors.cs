using System.Globalization;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Commands;

/// <summary>Errors about commands and scripts.</summary>
internal static class CommandErrors
{
    internal static FargateException CommandHoldsNul() => new(
        FargateError.InvalidCommand,
        "The command or one of its arguments holds a NUL character, which no argument of a program can hold.",
        "Send such data as input: $bytes | Invoke-FargateCommand -Session $session -Command 'cat > /tmp/data'.");

    internal static FargateException CommandTooLong(int length, int longest) => new(
        FargateError.InvalidCommand,
        string.Create(
            CultureInfo.InvariantCulture, $"The command and its arguments are {length} bytes long; {longest} can be sent."),
        "Send a script with -FilePath, or the data as input.");

    internal static FargateException CommandMissing(bool areBothGiven) => new(
        FargateError.InvalidCommand,
        areBothGiven ? "-Command and -FilePath cannot go together." : "There is nothing to run: neither -Command nor -FilePath is given.",
        "Give one of them.");

    internal static FargateException DetachNeedsSession() => new(
        FargateError.InvalidCommand,
        "-Detach is for sessions, and cannot go with -Service or -TaskArn: nothing in such a task would watch the command.",
        "New-FargateSession -Service starts a session with the same image and settings; -AsJob runs the command while this PowerShell is open.");

    internal static FargateException DetachGoesAlone(IReadOnlyList<string> others) => new(
        FargateError.InvalidCommand,
        $"-Detach cannot go with {string.Join(", ", others)}: it returns before the command has ended.",
        "Receive-FargateCommand returns the output and the exit code; -AsJob is for commands that end with this PowerShell.");

    internal static FargateException NotDetached(FargateSession session, int exitCode, string messages) => new(
        FargateError.RemoteProgramFailed,
        $"The command was not started on session {session} (exit code {exitCode.ToString(CultureInfo.InvariantCulture)}): "
        + $"{(messages.Length > 0 ? TerminalText.OneLine(messages) : "the container does not say why")}.",
        "The image needs sh, cat and mkdir, and one of /tmp, /dev/shm and /var/tmp that the session's user can write.")
    { Target = session.SessionId };

    internal static FargateException NotReceived(FargateSession session, int exitCode, string messages) => new(
        FargateError.RemoteProgramFailed,
        $"What the command on session {session} has printed could not be received (exit code {exitCode.ToString(CultureInfo.InvariantCulture)}): "
        + $"{(messages.Length > 0 ? TerminalText.OneLine(messages) : "the container does not say why")}.",
        "The image needs sh, cat and tail; try it by Enter-FargateShell.")
    { Target = session.SessionId };

    internal static FargateException OutputGone(FargateSession session, FargateException cause) => new(
        FargateError.SessionEnded,
        $"The task of session {session} has ended, and with it what its detached commands had printed.",
        cause.NextStep,
        cause)
    { Target = session.SessionId };

    internal static FargateException ScriptUnreadable(string path, Exception cause) => new(
        FargateError.InvalidCommand,
        $"The script '{path}' cannot be read: {ErrorText.ReasonOf(cause)}.",
        "Name a file on this machine with -FilePath.",
        cause)
    { Target = path };

    internal static FargateException CommandTimeout(FargateSession session, TimeSpan limit) => new(
        FargateError.CommandTimeout,
        $"The command on session {session} had not ended after {ErrorText.Seconds(limit)}, and was cut off; "
        + "what it has printed is partial.",
        "Give it longer with -Timeout. On a session that goes on, it may still run there.")
    { Target = session.SessionId };

    internal static FargateException CommandCutShort(FargateSession session, FargateException cause) => new(
        cause.Error,
        $"The command on session {session} was cut short, and what it has printed is partial: {cause.Message}",
        "Whether it has done its work is not known.",
        cause)
    { Target = cause.Target };

    internal static FargateException CommandFailed(FargateSession session, int exitCode) => new(
        FargateError.RemoteProgramFailed,
        $"The command on session {session} ended with exit code {exitCode.ToString(CultureInfo.InvariantCulture)}.",
        "This is its own exit code; it is an error because $PSNativeCommandUseErrorActionPreference is set.")
    { Target = session.SessionId };
}
