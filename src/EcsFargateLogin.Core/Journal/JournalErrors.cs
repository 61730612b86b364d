using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Journal;

/// <summary>Errors about the journal.</summary>
internal static class JournalErrors
{
    internal static FargateException JournalUnavailable(string path, Exception cause) => new(
        FargateError.JournalUnavailable,
        $"The journal of this machine's sessions cannot be kept in '{path}': {ErrorText.ReasonOf(cause)}.",
        "Make the folder writable for you, free some space, or point XDG_STATE_HOME to another one. Without it no task is "
        + "started.",
        cause)
    { Target = path };

    internal static FargateException JournalNotTrusted(string folder, string why) => new(
        FargateError.JournalUnavailable,
        $"The journal of this machine's sessions in '{folder}' is not read, because somebody else may have written it: it {why}.",
        "Make the folder yours alone (on Linux: chown and chmod go-w), delete it, or point XDG_STATE_HOME to a folder of your "
        + "own.")
    { Target = folder };

    internal static FargateException FilesNotDeleted(string sessionId, string file, Exception cause) => new(
        FargateError.FilesNotDeleted,
        $"The session {sessionId} has ended, but its file '{file}' could not be deleted: {ErrorText.ReasonOf(cause)}.",
        $"Delete the folder '{Path.GetDirectoryName(file)}' when nothing holds it open any more, or let "
        + $"Stop-FargateSession -SessionId {sessionId} do it.",
        cause)
    { Target = file };

    /// <summary>For a deserialized session object that this machine's journal does not know.</summary>
    internal static FargateException SessionNotHere(string sessionId) => new(
        FargateError.SessionNotFound,
        $"There is no session '{sessionId}' in this machine's journal: it has ended, or another user or machine has started it.",
        "Get-FargateSession lists the sessions there are; a session can be entered by who has started it.")
    { Target = sessionId };

    /// <summary>A warning about a session with an unreadable entry.</summary>
    internal static string SessionDamaged(DamagedEntry damaged) =>
        $"The session {damaged.SessionId} cannot be used, because its entry in '{damaged.Folder}' is not valid: {damaged.Why}. "
        + $"Its task may run. Stop-FargateSession -SessionId {damaged.SessionId} searches for the task, stops it and deletes the "
        + "session's files; -Cluster and -Region name the place to search.";

    /// <summary>A damaged session has no task where it was searched for, and nothing tells whether it has one elsewhere.</summary>
    internal static FargateException DamagedSessionNotFound(string sessionId, IEnumerable<string> clusters, string region) => new(
        FargateError.StopFailed,
        $"{NoTaskFound(sessionId, clusters, region)} Its entry in the journal cannot be read, so its task may run in another cluster.",
        $"Name the cluster: Stop-FargateSession -SessionId {sessionId} -Cluster NAME -Region REGION. Where it has no task there "
        + "either, the session's files are deleted.")
    { MayLeaveTask = true, Target = sessionId };

    /// <summary>A warning about a damaged session: there is no task in the cluster that was named, so only its files are deleted.</summary>
    internal static string DamagedSessionDeleted(string sessionId, IEnumerable<string> clusters, string region) =>
        $"{NoTaskFound(sessionId, clusters, region)} The files of the session are deleted. Should its task run elsewhere, stop it "
        + $"with: Stop-FargateSession -SessionId {sessionId} -Cluster NAME -Region REGION";

    private static string NoTaskFound(string sessionId, IEnumerable<string> clusters, string region) =>
        $"No task of session {sessionId} was found in {region} in cluster {string.Join(", ", clusters)}.";
}
