using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Journal;

/// <summary>
/// Keeps this machine's sessions: one folder per session, from before RunTask until its task has stopped, which only its owner
/// can read. The folder holds the entry, which exists while a task may exist; a lock file for each process that uses the session;
/// the key, the secret of the proof and known_hosts. Any number of processes on any number of hosts may use the journal at once.
/// </summary>
internal sealed partial class SessionJournal(string root)
{
    private const string EntryFile = "session.json";

    /// <summary>The number of entries from which on all processors read them.</summary>
    private const int ManyEntries = 200;

    /// <summary>The age up to which a folder without entry and owner may belong to a process that is creating it.</summary>
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

    /// <summary>The history of starts, beside the sessions.</summary>
    public StartHistory Starts { get; } = new(Path.GetDirectoryName(root)!);

    /// <summary>The entries by which other programs' ssh reaches sessions, beside them.</summary>
    public SshConfigFile SshConfig { get; } = new(Path.GetDirectoryName(root)!);

    /// <summary>Creates a new session's folder and short id. This process owns it.</summary>
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

    /// <summary>
    /// Makes this process an owner of a session, in addition to others, until it ends or the session is closed.
    /// </summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public void Claim(string sessionId) => Guard(FolderOf(sessionId), () => SessionLock.Hold(FolderOf(sessionId)));

    /// <summary>Ends this process's ownership of a session. Other owners keep theirs.</summary>
    public void Release(string sessionId) => SessionLock.Release(FolderOf(sessionId));

    /// <summary>Returns the owner of a session of this journal.</summary>
    public SessionOwner OwnerOf(string sessionId) => SessionLock.OwnerOf(FolderOf(sessionId));

    /// <summary>Whether a running process owns a session, and so decides about it.</summary>
    public bool IsInUse(string sessionId) => OwnerOf(sessionId) is SessionOwner.ThisProcess or SessionOwner.OtherProcess;

    /// <summary>Writes or replaces a session's entry atomically.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public void Write(SessionRecord entry) => Put(entry.SessionId, EntryFile, entry);

    /// <summary>
    /// Adds the task to the entry of a session after RunTask was not answered. Failures are ignored: the session's id finds the
    /// task again the next time.
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

    /// <summary>Reads all open sessions. Unreadable entries are omitted.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public IReadOnlyList<SessionRecord> ReadAll() => ReadAllAndDamaged().Entries;

    /// <summary>Reads the entries that exist, but cannot be read or are not trusted.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public IReadOnlyList<DamagedEntry> ReadDamaged() => ReadAllAndDamaged().Damaged;

    /// <summary>Reads all open sessions, and the entries that exist but cannot be read or are not trusted.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public (IReadOnlyList<SessionRecord> Entries, IReadOnlyList<DamagedEntry> Damaged) ReadAllAndDamaged()
    {
        string[] ids = [.. SessionIdsOnDisk()];
        (SessionRecord? Entry, string? Fault)[] read =
            [.. ids.Length < ManyEntries ? ids.Select(Read) : ids.AsParallel().AsOrdered().Select(Read)];
        return (
            [.. read.Select(each => each.Entry).OfType<SessionRecord>()],
            [.. ids.Zip(read, (id, each) => DamagedEntryOf(id, each.Fault)).OfType<DamagedEntry>()]);
    }

    /// <summary>Reads an open session, or null when there is none with that id.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public SessionRecord? Find(string sessionId) => Exists(sessionId) ? Read(sessionId).Entry : null;

    /// <summary>Reads an unreadable entry, or null when there is none with that id.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public DamagedEntry? FindDamaged(string sessionId) => Exists(sessionId) ? DamagedEntryOf(sessionId) : null;

    /// <summary>Creates the session of a record.</summary>
    public FargateSession SessionOf(SessionRecord record) => new(record, FolderOf(record.SessionId));

    /// <summary>Creates the session of an unreadable entry: enough to search for its task and to delete its files.</summary>
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

    /// <summary>The session that this machine remembers for a task, or one that stands for somebody else's task.</summary>
    /// <param name="taskArn">The task's ARN or id.</param>
    /// <param name="cluster">The cluster; null for the ARN's own, or 'default'.</param>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public FargateSession SessionOfTask(string taskArn, string? cluster) =>
        FindByTask(taskArn) is { } entry && (cluster is null || cluster == entry.Cluster)
            ? SessionOf(entry)
            : StandInFor(taskArn, cluster ?? TaskArn.ClusterOf(taskArn) ?? "default");

    /// <summary>A session that stands for somebody else's task.</summary>
    public static FargateSession StandInFor(string taskArn, string cluster) => new(new SessionRecord
    {
        TaskArn = taskArn,
        Connection = new AwsConnection { Region = TaskArn.RegionOf(taskArn) ?? "" },
        Cluster = cluster,
        CreatedAt = DateTimeOffset.UtcNow,
    });

    /// <summary>
    /// Deletes a session's secrets and entry, then its other files. Remaining files are swept later. Does nothing for a closed
    /// session.
    /// </summary>
    /// <exception cref="FargateException"><see cref="FargateError.FilesNotDeleted"/>.</exception>
    public void Close(string sessionId)
    {
        // They are deleted first, so that no secret is left should the rest fail.
        DeleteKey(sessionId);
        DeleteEntry(sessionId);
        SshConfig.Forget(sessionId);
        SessionLock.Release(FolderOf(sessionId));
        ControlSocket.Delete(FolderOf(sessionId));
        DeleteFolder(FolderOf(sessionId));
    }

    /// <summary>Deletes the folders of processes that ended before they could start a task, and half-written files beside them.</summary>
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
                // Failures are ignored: another process may sweep as well, or the disk may be read-only.
            }
        }

        // Last: not in a folder that others may write to, which ends the above.
        Starts.Sweep();
    }

    /// <summary>Returns the open session of a task, or null when this journal has none.</summary>
    /// <param name="task">The task's ARN, or its id alone.</param>
    public SessionRecord? FindByTask(string task) => ReadAll().FirstOrDefault(entry =>
        entry.TaskArn is { } taskArn && (taskArn == task || taskArn.EndsWith($"/{task}", StringComparison.Ordinal)));

    /// <summary>Returns the path of a session's one-time key.</summary>
    public string KeyPathOf(string sessionId, SshKeyType type = SshKeyType.Ed25519) =>
        Path.Combine(FolderOf(sessionId), SessionRecord.KeyFileOf(type));

    private string ProofKeyPathOf(string sessionId) => Path.Combine(FolderOf(sessionId), SessionRecord.ProofKeyFile);

    private string FolderOf(string sessionId) => Path.Combine(root, sessionId);

    private bool Exists(string sessionId) => SessionIds.IsValid(sessionId) && Guard(root, () =>
    {
        ThrowIfOthersMayWrite();
        return Directory.Exists(FolderOf(sessionId));
    });

    private DamagedEntry? DamagedEntryOf(string sessionId) => DamagedEntryOf(sessionId, Read(sessionId).Fault);

    private DamagedEntry? DamagedEntryOf(string sessionId, string? fault) =>
        fault is null ? null : new DamagedEntry(sessionId, FolderOf(sessionId), fault);

    private IEnumerable<string> SessionIdsOnDisk() => Guard(root, () =>
    {
        ThrowIfOthersMayWrite();
        return Directory.Exists(root)
            ? Directory.GetDirectories(root).Select(folder => Path.GetFileName(folder)!).Where(SessionIds.IsValid)
            : [];
    });

    /// <summary>Whether a folder belongs to no task and no running process.</summary>
    private bool IsLeftOver(string sessionId)
    {
        var folder = FolderOf(sessionId);
        return !Path.Exists(Path.Combine(folder, EntryFile))
            && (SessionLock.IsAbandoned(folder)
                || (!IsInUse(sessionId) && DateTime.UtcNow - Directory.GetLastWriteTimeUtc(folder) > HalfMadeLimit));
    }

    /// <summary>The time limit for acquiring the lock: longer than any holder needs, and acceptable to a waiting user.</summary>
    private static readonly TimeSpan LockLimit = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Locks the rules of security groups, so that no other session of any process adds or removes one until the lock is
    /// disposed.
    /// </summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public async Task<IDisposable> LockIngressAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetDirectoryName(root)!, "ingress.lock");
        try
        {
            return await OwnerOnly.LockFileAsync(path, LockLimit, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw JournalErrors.JournalUnavailable(path, e);
        }
    }
}
