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
        var sessionId = SessionMark.Create();
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

    /// <summary>Who owns a session of this journal.</summary>
    public SessionOwner OwnerOf(string sessionId) => SessionLock.OwnerOf(FolderOf(sessionId));

    /// <summary>Whether a process that runs owns a session: what becomes of it is for that one to say.</summary>
    public bool IsInUse(string sessionId) => OwnerOf(sessionId) is SessionOwner.ThisProcess or SessionOwner.OtherProcess;

    /// <summary>Writes or replaces a session's entry; a reader sees the old one or the new one, never half of one.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public void Write(JournalEntry entry) => Put(entry.SessionId, EntryFile, entry);

    /// <summary>
    /// Writes down the task of a session whose RunTask was not answered, once it has been found. Where that cannot be
    /// written, or the session has just been closed, the mark will tell again the next time.
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
    public IReadOnlyList<JournalEntry> ReadAll() => [.. SessionIds().Select(id => Read(id).Entry).OfType<JournalEntry>()];

    /// <summary>The sessions whose entries are there, and cannot be read or are not to be believed.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public IReadOnlyList<DamagedEntry> ReadDamaged() => [.. SessionIds().Select(DamagedEntryOf).OfType<DamagedEntry>()];

    /// <summary>A session that has not been closed, or null when there is none of that id.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public JournalEntry? Find(string sessionId) => IsThere(sessionId) ? Read(sessionId).Entry : null;

    /// <summary>A session whose entry cannot be read, or null when there is none of that id.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public DamagedEntry? FindDamaged(string sessionId) => IsThere(sessionId) ? DamagedEntryOf(sessionId) : null;

    /// <summary>The session that an entry remembers.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="startTimeout">How long its task may take to run; null for the default.</param>
    public FargateSession SessionOf(JournalEntry entry, TimeSpan? startTimeout = null) => new()
    {
        SessionId = entry.SessionId,
        TaskArn = entry.TaskArn ?? "",
        Cluster = entry.Cluster,
        TaskDefinition = entry.TaskDefinition,
        ContainerName = entry.ContainerName,
        UserName = entry.UserName,
        Port = entry.Port,
        Transport = entry.Transport,
        HasEcsExec = entry.Transport.HasEcsExec(),
        AssignPublicIp = entry.AssignPublicIp,
        Region = entry.Region,
        CredentialOrigin = entry.CredentialOrigin,
        ProfileName = entry.ProfileName,
        ProfileLocation = entry.ProfileLocation,
        EndpointUrl = entry.EndpointUrl,
        CreatedAt = entry.CreatedAt,
        DefinitionAccount = entry.Account,
        Log = entry.Log,
        HostKeyVerification = entry.HostKeyVerification,
        HostKeyMark = entry.HostKeyMark,
        MaxLifetime = entry.MaxLifetime is > 0 and var lifetime ? TimeSpan.FromSeconds(lifetime) : null,
        CommandLimit = entry.CommandLimit is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        ReconnectWindow = entry.ReconnectWindow is { } window
            ? TimeSpan.FromSeconds(window)
            : ContainerContract.DefaultReconnectWindow,
        StartTimeout = startTimeout ?? FargateSession.DefaultStartTimeout,
        Ingress = entry.Ingress,
        IsLetInByIPv6 = entry.Ingress?.IsIPv6 == true,
        Folder = FolderOf(entry.SessionId),
        KeyPath = entry.Transport.HasSsh() ? entry.OwnKeyPath ?? KeyPathOf(entry.SessionId, entry.KeyType) : null,
        IsKeyInAgent = entry.IsKeyInAgent,
        KnownHostsPath = entry.Transport.HasSsh() ? KnownHostsPathOf(entry.SessionId) : null,
    };

    /// <summary>What is left of a session whose entry cannot be read: enough to look for its task, and to delete the rest.</summary>
    public static FargateSession SessionOf(DamagedEntry damaged) => new()
    {
        SessionId = damaged.SessionId,
        Status = TaskStatuses.Unknown,
        Cluster = "",
        CreatedAt = Directory.GetCreationTimeUtc(damaged.Folder),
        Folder = damaged.Folder,
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
        foreach (var sessionId in SessionIds().Where(IsLeftOver))
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
    public JournalEntry? FindByTask(string task) => ReadAll().FirstOrDefault(entry =>
        entry.TaskArn is { } taskArn && (taskArn == task || taskArn.EndsWith($"/{task}", StringComparison.Ordinal)));

    /// <summary>Where a session's one-time key is.</summary>
    public string KeyPathOf(string sessionId, SshKeyType type = SshKeyType.Ed25519) => Path.Combine(FolderOf(sessionId), type switch
    {
        SshKeyType.Ecdsa => "id_ecdsa",
        SshKeyType.Rsa => "id_rsa",
        _ => "id_ed25519",
    });

    public string KnownHostsPathOf(string sessionId) => Path.Combine(FolderOf(sessionId), "known_hosts");

    private string FolderOf(string sessionId) => Path.Combine(root, sessionId);

    private bool IsThere(string sessionId) => SessionMark.IsOne(sessionId) && Guard(root, () =>
    {
        ThrowIfOthersMayWrite();
        return Directory.Exists(FolderOf(sessionId));
    });

    private DamagedEntry? DamagedEntryOf(string sessionId) =>
        Read(sessionId).Fault is { } fault ? new DamagedEntry(sessionId, FolderOf(sessionId), fault) : null;

    private IEnumerable<string> SessionIds() => Guard(root, () =>
    {
        ThrowIfOthersMayWrite();
        return Directory.Exists(root)
            ? Directory.GetDirectories(root).Select(folder => Path.GetFileName(folder)!).Where(SessionMark.IsOne)
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
