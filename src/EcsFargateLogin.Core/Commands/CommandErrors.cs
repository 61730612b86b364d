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
