using System.Text.Json;
using EcsFargateLogin.Sessions.Starting;
using EcsFargateLogin.Sessions.WaysIn;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Sessions.Journals;

/// <summary>
/// What this machine remembers of its sessions: one folder a session, from before RunTask until the task is known to be
/// stopped, that only its owner can read. It holds the entry, which is there when a task may be; who has charge of the
/// session; its key and its known_hosts. Any number of processes may use the journal at once.
/// </summary>
internal sealed partial class Journal(string root)
{
    private const string EntryFile = "session.json";
    private const string OwnerFile = "owner.json";
    private const int AttemptsToDelete = 5;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>How long a folder that tells neither of a task nor of an owner may be somebody's who is just making it.</summary>
    public TimeSpan HalfMadeLimit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The journal of the current user: under XDG_STATE_HOME, ~/.local/state or %LOCALAPPDATA%.</summary>
    public static Journal OfCurrentUser()
    {
        var stateHome = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        if (string.IsNullOrEmpty(stateHome) || !Path.IsPathRooted(stateHome))
        {
            stateHome = OperatingSystem.IsWindows()
                ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        }

        return new Journal(Path.Combine(stateHome, "EcsFargateLogin", "sessions"));
    }

    /// <summary>Makes a new session's folder, and its short id with it. This process has charge of it.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public string Open()
    {
        var sessionId = SessionMark.Create();
        Guard(root, () =>
        {
            OwnerOnly.CreateFolder(root);
            OwnerOnly.CreateFolder(FolderOf(sessionId));
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

    /// <summary>Says that this process has charge of a session from now on.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public void Claim(string sessionId) => Put(sessionId, OwnerFile, ProcessIdentity.Current);

    /// <summary>Who has charge of a session of this journal.</summary>
    public SessionOwner OwnerOf(string sessionId) => TryRead<ProcessIdentity>(sessionId, OwnerFile) switch
    {
        { } owner when owner == ProcessIdentity.Current => SessionOwner.ThisProcess,
        { IsAlive: true } => SessionOwner.OtherProcess,
        // Gone since its entry was read: whoever has charge of it has just closed it.
        null when !Has(sessionId, EntryFile) && !Has(sessionId, OwnerFile) => SessionOwner.OtherProcess,
        _ => SessionOwner.Orphaned,
    };

    /// <summary>Writes or replaces a session's entry; a reader sees the old one or the new one, never half of one.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public void Write(JournalEntry entry) => Put(entry.SessionId, EntryFile, entry);

    /// <summary>
    /// Writes down the task of a session whose RunTask was not answered, once it has been found. Where that cannot be
    /// written, or the session has just been closed, the mark will tell again the next time.
    /// </summary>
    public void NoteTask(string sessionId, string taskArn)
    {
        if (taskArn.Length > 0 && Find(sessionId) is { TaskArn: null } entry)
        {
            try
            {
                Write(entry with { TaskArn = taskArn });
            }
            catch (FargateException)
            {
            }
        }
    }

    /// <summary>The sessions that have not been closed. Entries that cannot be read are left out.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public IReadOnlyList<JournalEntry> ReadAll() =>
        [.. SessionIds().Select(Find).OfType<JournalEntry>()];

    /// <summary>A session that has not been closed, or null when there is none of that id.</summary>
    public JournalEntry? Find(string sessionId) =>
        SessionMark.IsOne(sessionId)
        && TryRead<JournalEntry>(sessionId, EntryFile) is { IsWhole: true } entry && entry.SessionId == sessionId ? entry : null;

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
        Owner = OwnerOf(entry.SessionId),
        Folder = FolderOf(entry.SessionId),
        KeyPath = entry.Transport.HasSsh() ? entry.OwnKeyPath ?? KeyPathOf(entry.SessionId, entry.KeyType) : null,
        IsKeyInAgent = entry.IsKeyInAgent,
        KnownHostsPath = entry.Transport.HasSsh() ? KnownHostsPathOf(entry.SessionId) : null,
    };

    /// <summary>Deletes a session's key and entry. Closing one that is closed already does nothing.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public void Close(string sessionId)
    {
        var folder = FolderOf(sessionId);
        Guard(folder, () =>
        {
            try
            {
                // The key goes first: should the rest fail, no secret stays behind.
                foreach (var type in Enum.GetValues<SshKeyType>())
                {
                    File.Delete(KeyPathOf(sessionId, type));
                }

                File.Delete(Path.Combine(folder, EntryFile));
                ControlSocket.Delete(folder);
                DeleteFolder(folder);
            }
            catch (DirectoryNotFoundException)
            {
                // It is closed already.
            }
        });
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

    private bool Has(string sessionId, string name) => File.Exists(Path.Combine(FolderOf(sessionId), name));

    private IEnumerable<string> SessionIds() => Guard(root, () =>
        Directory.Exists(root)
            ? Directory.GetDirectories(root).Select(folder => Path.GetFileName(folder)!).Where(SessionMark.IsOne)
            : []);

    /// <summary>Whether no task was ever started for a folder, and none will be.</summary>
    private bool IsLeftOver(string sessionId)
    {
        var folder = FolderOf(sessionId);
        if (Has(sessionId, EntryFile))
        {
            return false;
        }

        return TryRead<ProcessIdentity>(sessionId, OwnerFile) is { } owner
            ? !owner.IsAlive
            : DateTime.UtcNow - Directory.GetLastWriteTimeUtc(folder) > HalfMadeLimit;
    }

    private T? TryRead<T>(string sessionId, string name)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(Path.Combine(FolderOf(sessionId), name)), Json);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private void Put<T>(string sessionId, string name, T value)
    {
        var folder = FolderOf(sessionId);
        Guard(folder, () =>
        {
            // A name of its own for each writer: two must not write into one file.
            var temporary = Path.Combine(folder, $"{name}.{Path.GetRandomFileName()}");
            try
            {
                using (var stream = OwnerOnly.CreateFile(temporary))
                {
                    JsonSerializer.Serialize(stream, value, Json);
                    stream.Flush(flushToDisk: true);
                }

                File.Move(temporary, Path.Combine(folder, name), overwrite: true);
            }
            catch
            {
                File.Delete(temporary);
                throw;
            }
        });
    }

    /// <summary>Another process may write into the folder while it is being deleted.</summary>
    private static void DeleteFolder(string folder)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
                return;
            }
            catch (IOException e) when (e is not DirectoryNotFoundException && attempt < AttemptsToDelete)
            {
                Thread.Yield();
            }
        }
    }

    private static void Guard(string path, Action work) => Guard(path, () =>
    {
        work();
        return true;
    });

    private static T Guard<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FargateErrors.JournalUnavailable(path, e);
        }
    }
}
