using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Journal;

/// <summary>Errors about what this machine remembers.</summary>
internal static class JournalErrors
{
    internal static FargateException JournalUnavailable(string path, Exception cause) => new(
        FargateError.JournalUnavailable,
        $"What this machine remembers of its sessions cannot be kept in '{path}': {ErrorText.WordsOf(cause)}.",
        "Make the folder writable for you, free some space, or point XDG_STATE_HOME to another one. Without it no task is started.",
        cause)
    { Target = path };

    internal static FargateException JournalNotTrusted(string folder, string why) => new(
        FargateError.JournalUnavailable,
        $"What this machine remembers of its sessions in '{folder}' is not read, because somebody else may have written it: it {why}.",
        "Make the folder yours alone (on Linux: chown and chmod go-w), delete it, or point XDG_STATE_HOME to a folder of your own.")
    { Target = folder };

    internal static FargateException FilesNotDeleted(string sessionId, string file, Exception cause) => new(
        FargateError.FilesNotDeleted,
        $"The session {sessionId} has ended, but its file '{file}' could not be deleted: {ErrorText.WordsOf(cause)}.",
        $"Delete the folder '{Path.GetDirectoryName(file)}' when nothing holds it open any more, or let "
        + $"Stop-FargateSession -SessionId {sessionId} do it.",
        cause)
    { Target = file };

    /// <summary>A copy of a session stands for one that this machine does not know.</summary>
    internal static FargateException SessionNotHere(string sessionId) => new(
        FargateError.SessionNotFound,
        $"There is no session '{sessionId}' in this machine's journal: it has ended, or another user or machine has started it.",
        "Get-FargateSession lists the sessions there are; a session can be entered by who has started it.")
    { Target = sessionId };

    /// <summary>A warning about a session whose entry cannot be used.</summary>
    internal static string SessionDamaged(DamagedEntry damaged) =>
        $"The session {damaged.SessionId} cannot be used, because what '{damaged.Folder}' holds of it is worth nothing: {damaged.Why}. "
        + $"Its task may run. Stop-FargateSession -SessionId {damaged.SessionId} stops it where it is found, and deletes what is left; "
        + "-Cluster and -Region say where else to look.";

    /// <summary>A warning that only the files of such a session are deleted.</summary>
    internal static string DamagedSessionNotFound(string sessionId, IEnumerable<string> clusters, string region) =>
        $"No task of session {sessionId} was found in {region} in cluster {string.Join(", ", clusters)}. What this machine keeps of the "
        + $"session is deleted. Should its task run elsewhere, stop it with: Stop-FargateSession -SessionId {sessionId} -Cluster NAME "
        + "-Region REGION";
}
