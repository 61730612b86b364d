using System.Globalization;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Commands;

/// <summary>
/// The commands that add another key for a session's user to those that the container accepts, or take it away. start-sshd.sh knows
/// them; no other image does.
/// </summary>
internal static class AccessCommand
{
    /// <summary>The time limit. It takes a moment, unless a process of the session's user keeps it waiting.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The exit code of a shell that knows no such command.</summary>
    private const int NotFound = 127;

    /// <summary>Creates the command that adds a key, or replaces its time and addresses.</summary>
    /// <param name="key">The key.</param>
    /// <param name="access">Its access.</param>
    /// <param name="fromAddresses">The addresses from which it can log in, validated; empty for any.</param>
    public static RemoteCommand Granting(PublicKey key, FargateAccess access, IReadOnlyList<string> fromAddresses) =>
        Of(access, AuthorizedKey.LineOf(key, access.SessionId, access.Until, fromAddresses));

    /// <summary>Creates the command that takes a key away.</summary>
    public static RemoteCommand Revoking(FargateAccess access) => Of(access, "");

    /// <summary>Returns the error of a command that has ended; null where it has done what it should.</summary>
    /// <param name="ended">Its end.</param>
    /// <param name="messages">What it has printed as errors.</param>
    public static FargateException? ErrorOf(CommandEnded ended, string messages) => ended switch
    {
        { Error.Error: FargateError.CommandTimeout } => AccessErrors.NotChanged(
            ended.Session, $"it had not ended after {ErrorText.Seconds(Limit)}"),
        { Error: { } error } => error,
        { ExitCode: 0 } => null,
        { ExitCode: NotFound } => AccessErrors.NotSupported(ended.Session),
        { ExitCode: var code } => AccessErrors.NotChanged(
            ended.Session,
            messages.Length > 0 ? messages : string.Create(CultureInfo.InvariantCulture, $"it ended with exit code {code}")),
    };

    private static RemoteCommand Of(FargateAccess access, string line) =>
        RemoteCommand.OfContract(ContainerContract.AccessCommand, FargateAccess.KeyIdOf(access.Fingerprint)!, line);
}

/// <summary>Errors about the access of others to a session.</summary>
internal static class AccessErrors
{
    internal static FargateException TimeIsOver(string parameter) => new(
        FargateError.InvalidAccess,
        $"{parameter} gives access to nobody: that time is over, or will be within a second.",
        "Give a time that is to come with -Until, or a duration with -For, such as 0:30 for half an hour.")
    { Target = parameter };

    internal static FargateException TwoTimes() => new(
        FargateError.InvalidAccess,
        "-Until and -For were both given, and each decides when the access ends.",
        "Give one of them.")
    { Target = "-For" };

    internal static FargateException NotSupported(FargateSession session) => new(
        FargateError.AccessUnavailable,
        $"The container of session {session} accepts no other key than the session's own: its image was made for ecs-fargate-login, or with "
        + "the start-sshd.sh of an earlier version.",
        "Make the image anew with Export-FargateLoginContainer, and start another session.")
    { Target = session.ToString() };

    internal static FargateException NotChanged(FargateSession session, string why) => new(
        FargateError.AccessUnavailable,
        $"The container of session {session} has not changed who may log in: {TerminalText.OneLine(why).TrimEnd('.')}.",
        "The folder of start-sshd.sh (in /run, /tmp or /dev/shm) must be as the script has made it, and not full; try it by "
        + "Enter-FargateShell.")
    { Target = session.ToString() };

    internal static FargateException NotFound(FargateSession session, string name) => new(
        FargateError.AccessNotFound,
        $"No access to session {session} was granted under the name or fingerprint '{name}'.",
        $"(Get-FargateSession -Mine | Where-Object SessionId -EQ {session}).Access has those that were.")
    { Target = name };
}
