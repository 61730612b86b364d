using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Journal;

// The commands that run on in sessions: a file for each in the session's folder, which goes with it.
internal sealed partial class SessionJournal
{
    private const string CommandPrefix = "command-";

    /// <summary>Writes or replaces the record of a command that runs on.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public void Write(DetachedRecord command)
    {
        var path = Path.Combine(FolderOf(command.SessionId), $"{CommandPrefix}{command.CommandId}.json");
        Guard(path, () => OwnerOnly.WriteJson(path, command, Json));
    }

    /// <summary>Reads the commands that run on or have ended in a session, the oldest first. Unreadable ones are omitted.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public IReadOnlyList<DetachedRecord> CommandsOf(string sessionId) => !Exists(sessionId) ? [] : Guard(FolderOf(sessionId), () =>
        Directory.GetFiles(FolderOf(sessionId), $"{CommandPrefix}*.json")
            .Select(path => OwnerOnly.ReadJson<DetachedRecord>(path, Json))
            .OfType<DetachedRecord>()
            .Where(command => command.IsValid && command.SessionId == sessionId)
            .OrderBy(command => command.StartedAt)
            .ToList());
}
