using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Journal;

/// <summary>
/// What this machine remembers of its sessions: one folder a session, from before RunTask until the task is known to be
/// stopped, that only its owner can read. It holds the entry, which is there when a task may be; a lock of each process that uses the
/// session; its key and its known_hosts. Any number of processes, on any number of hosts, may use the journal at once.
/// </summary>
internal sealed partial class SessionJournal(string root)
{
    private const string EntryFile = "session.json";

    /// <summary>How long a folder that tells neither of a task nor of an owner may be somebody's who is just making it.</summary>
    public TimeSpan HalfMadeLimit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The journal of the current user: under XDG_STATE_HOME, ~/.local/state or %LOCALAPPDATA%.</summary>
    public static SessionJournal OfCurrentUser()
    {
        var stateHome = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        if (string.IsNullOrEmpty(stateHome) || !Path.IsPathRooted(stateHome))
        {
            stateHome = OperatingSystem.IsWindows()
                ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        }

        return new SessionJournal(Path.Combine(stateHome, "EcsFargateLogin", "sessions"));
    }

    /// <summary>Makes a new session's folder, and its short id with it. This process owns it.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public string Open()
    {
        var sessionId = SessionIds.Create();
        Guard(root, () =>
        {
            ThrowIfOthersMayWrite();
            OwnerOnly.CreateFolder(root);
            OwnerOnly.CreateFolder(FolderOf(sessionId));
            OwnerOnly.Flush(root);
        });
        try
        {
            Claim(sessionId);
            return sessionId;
        }
        catch (FargateException)
        {
            Close(sessionId);
            throw;
        }
    }

    /// <summary>Makes this process an owner of a session, besides others, until it ends or the session is closed.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public void Claim(string sessionId) => Guard(FolderOf(sessionId), () => SessionLock.Hold(FolderOf(sessionId)));

    /// <summary>This process does not own a session any longer. Others may.</summary>
    public void Release(string sessionId) => SessionLock.Release(FolderOf(sessionId));

    /// <summary>The owner of a session of this journal.</summary>
    public SessionOwner OwnerOf(string sessionId) => SessionLock.OwnerOf(FolderOf(sessionId));

    /// <summary>Whether a process that runs owns a session: what becomes of it is for that one to say.</summary>
    public bool IsInUse(string sessionId) => OwnerOf(sessionId) is SessionOwner.ThisProcess or SessionOwner.OtherProcess;

    /// <summary>Writes or replaces a session's entry; a reader sees the old one or the new one, never half of one.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public void Write(SessionRecord entry) => Put(entry.SessionId, EntryFile, entry);

    /// <summary>
    /// Writes down the task of a session whose RunTask was not answered, once it has been found. Where that cannot be
    /// written, or the session has just been closed, its id finds the task again the next time.
    /// </summary>
    public void NoteTask(string sessionId, string taskArn)
    {
        try
        {
            if (taskArn.Length > 0 && Find(sessionId) is { TaskArn: null } entry)
            {
                Write(entry with { TaskArn = taskArn });
            }
        }
        catch (FargateException)
        {
        }
    }

    /// <summary>The sessions that have not been closed. Entries that cannot be read are left out.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public IReadOnlyList<SessionRecord> ReadAll() => [.. SessionIdsOnDisk().Select(id => Read(id).Entry).OfType<SessionRecord>()];

    /// <summary>The sessions whose entries are there, and cannot be read or are not to be believed.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public IReadOnlyList<DamagedEntry> ReadDamaged() => [.. SessionIdsOnDisk().Select(DamagedEntryOf).OfType<DamagedEntry>()];

    /// <summary>A session that has not been closed, or null when there is none of that id.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public SessionRecord? Find(string sessionId) => IsThere(sessionId) ? Read(sessionId).Entry : null;

    /// <summary>A session whose entry cannot be read, or null when there is none of that id.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public DamagedEntry? FindDamaged(string sessionId) => IsThere(sessionId) ? DamagedEntryOf(sessionId) : null;

    /// <summary>The session of a record.</summary>
    public FargateSession SessionOf(SessionRecord record) => new(record, FolderOf(record.SessionId));

    /// <summary>The session of a record that cannot be read: enough to search for its task, and to delete its files.</summary>
    public static FargateSession SessionOf(DamagedEntry damaged) => new(
        new SessionRecord
        {
            SessionId = damaged.SessionId,
            Cluster = "",
            CreatedAt = Directory.GetCreationTimeUtc(damaged.Folder),
        },
        damaged.Folder)
    {
        Status = TaskStatuses.Unknown,
        IsDamaged = true,
    };

    /// <summary>
    /// Deletes a session's key and entry, and then all else. What of that cannot be deleted now is swept later. Closing one
    /// that is closed already does nothing.
    /// </summary>
    /// <exception cref="FargateException"><see cref="FargateError.FilesNotDeleted"/>.</exception>
    public void Close(string sessionId)
    {
        // The key goes first: should the rest fail, no secret stays behind.
        DeleteKey(sessionId);
        DeleteEntry(sessionId);
        SessionLock.Release(FolderOf(sessionId));
        ControlSocket.Delete(FolderOf(sessionId));
        DeleteFolder(FolderOf(sessionId));
    }

    /// <summary>Deletes what processes have left that ended before they could start a task.</summary>
    public void Sweep()
    {
        foreach (var sessionId in SessionIdsOnDisk().Where(IsLeftOver))
        {
            try
            {
                Close(sessionId);
            }
            catch (FargateException)
            {
                // Sweeping is a courtesy: another process may be at it, or the disk may be read-only.
            }
        }
    }

    /// <summary>The open session of a task, or null when it is not one of this machine's.</summary>
    /// <param name="task">The task's ARN, or its id alone.</param>
    public SessionRecord? FindByTask(string task) => ReadAll().FirstOrDefault(entry =>
        entry.TaskArn is { } taskArn && (taskArn == task || taskArn.EndsWith($"/{task}", StringComparison.Ordinal)));

    /// <summary>The path of a session's one-time key.</summary>
    public string KeyPathOf(string sessionId, SshKeyType type = SshKeyType.Ed25519) =>
        Path.Combine(FolderOf(sessionId), SessionRecord.KeyFileOf(type));

    private string FolderOf(string sessionId) => Path.Combine(root, sessionId);

    private bool IsThere(string sessionId) => SessionIds.IsValid(sessionId) && Guard(root, () =>
    {
        ThrowIfOthersMayWrite();
        return Directory.Exists(FolderOf(sessionId));
    });

    private DamagedEntry? DamagedEntryOf(string sessionId) =>
        Read(sessionId).Fault is { } fault ? new DamagedEntry(sessionId, FolderOf(sessionId), fault) : null;

    private IEnumerable<string> SessionIdsOnDisk() => Guard(root, () =>
    {
        ThrowIfOthersMayWrite();
        return Directory.Exists(root)
            ? Directory.GetDirectories(root).Select(folder => Path.GetFileName(folder)!).Where(SessionIds.IsValid)
            : [];
    });

    /// <summary>Whether no task was ever started for a folder, and none will be.</summary>
    private bool IsLeftOver(string sessionId)
    {
        var folder = FolderOf(sessionId);
        return !Path.Exists(Path.Combine(folder, EntryFile))
            && (SessionLock.IsAbandoned(folder)
                || (!IsInUse(sessionId) && DateTime.UtcNow - Directory.GetLastWriteTimeUtc(folder) > HalfMadeLimit));
    }
}
