using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Journal;

/// <summary>Errors about the files by which other programs' ssh reaches sessions.</summary>
internal static class SshConfigErrors
{
    /// <summary>Reads or writes a file, and says of a failure which one it was.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.SshConfigUnavailable"/>.</exception>
    internal static T Guard<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(path, e);
        }
    }

    /// <inheritdoc cref="Guard{T}"/>
    internal static void Guard(string path, Action work) => Guard(path, () =>
    {
        work();
        return true;
    });

    internal static FargateException NotOurs(string path) => new(
        FargateError.SshConfigUnavailable,
        $"'{path}' was not written by Export-FargateSshConfig, and is left as it is.",
        "Move the file elsewhere or delete it, and repeat the command.")
    { Target = path };

    internal static FargateException Untrusted(string path, string why) => new(
        FargateError.SshConfigUnavailable,
        $"'{path}' is not used, because it {why}.",
        "Make it a file that belongs to you, and that nobody else can write (on Linux: chown and chmod go-w); ssh refuses it otherwise.")
    { Target = path };

    internal static FargateException Unavailable(string path, Exception cause) => new(
        FargateError.SshConfigUnavailable,
        $"The configuration of ssh in '{path}' cannot be read or written: {ErrorText.ReasonOf(cause)}.",
        "Make the file and its folder writable for you, free some space, or name another file with -ConfigPath.",
        cause)
    { Target = path };

    internal static FargateException UnfitPath(string path) => new(
        FargateError.SshConfigUnavailable,
        $"'{path}' holds a character that is special in an Include line of ssh.",
        "Point XDG_STATE_HOME to a folder without such a character, and start the session anew.")
    { Target = path };

    internal static FargateException UnfitEntry(FargateSession session) => new(
        FargateError.SshConfigUnavailable,
        $"The address, user name or proxy command of session {session} cannot stand in a configuration of ssh.",
        "Get-FargateSession shows them; start another session with a plain -UserName and -ProxyCommand.")
    { Target = session.SessionId };
}
