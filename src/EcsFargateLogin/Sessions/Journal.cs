using System.Security.Cryptography;
using System.Text.Json;

namespace EcsFargateLogin.Sessions;

/// <summary>
/// What this machine remembers of its sessions: one folder a session, with its entry, key and known_hosts, from before
/// RunTask until the task is known to be stopped. Folders are 0700 and files 0600; on Windows both lie under the user's
/// own LocalAppData, which others cannot read.
/// </summary>
internal sealed class Journal(string root)
{
    private const string EntryFile = "session.json";
    private const UnixFileMode OwnerOnlyFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

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

    /// <summary>Makes a new session's folder, and its short id with it.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public string Open() => Guard(root, () =>
    {
        // Easily told apart letters only: people read the id aloud and type it.
        var sessionId = "fl-" + RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 10);
        CreateOwnerOnly(root);
        CreateOwnerOnly(FolderOf(sessionId));
        return sessionId;
    });

    /// <summary>Writes or replaces a session's entry; a reader sees the old one or the new one, never half of one.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public void Write(JournalEntry entry)
    {
        var folder = FolderOf(entry.SessionId);
        Guard(folder, () =>
        {
            // A name of its own for each writer: two must not write into one file.
            var temporary = Path.Combine(folder, $"{EntryFile}.{Path.GetRandomFileName()}");
            WriteOwnerOnly(temporary, entry);
            File.Move(temporary, Path.Combine(folder, EntryFile), overwrite: true);
        });
    }

    /// <summary>The sessions that have not been closed. Entries that cannot be read are left out.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public IReadOnlyList<JournalEntry> ReadAll()
    {
        List<JournalEntry> entries = [];
        foreach (var folder in Guard(root, () => Directory.Exists(root) ? Directory.GetDirectories(root) : []))
        {
            if (TryRead(Path.Combine(folder, EntryFile)) is { } entry && entry.SessionId == Path.GetFileName(folder))
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

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
        AssignPublicIp = entry.AssignPublicIp,
        Region = entry.Region,
        CredentialOrigin = entry.CredentialOrigin,
        ProfileName = entry.ProfileName,
        ProfileLocation = entry.ProfileLocation,
        EndpointUrl = entry.EndpointUrl,
        CreatedAt = entry.CreatedAt,
        Log = entry.Log,
        StartTimeout = startTimeout ?? FargateSession.DefaultStartTimeout,
        KeyPath = KeyPathOf(entry.SessionId),
        KnownHostsPath = KnownHostsPathOf(entry.SessionId),
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
                File.Delete(KeyPathOf(sessionId));
                Directory.Delete(folder, recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // It is closed already.
            }
        });
    }

    /// <summary>The open session of a task, or null when it is not one of this machine's.</summary>
    /// <param name="task">The task's ARN, or its id alone.</param>
    public JournalEntry? FindByTask(string task) => ReadAll().FirstOrDefault(entry =>
        entry.TaskArn is { } taskArn && (taskArn == task || taskArn.EndsWith($"/{task}", StringComparison.Ordinal)));

    public string KeyPathOf(string sessionId) => Path.Combine(FolderOf(sessionId), "id_ed25519");

    public string KnownHostsPathOf(string sessionId) => Path.Combine(FolderOf(sessionId), "known_hosts");

    private string FolderOf(string sessionId) => Path.Combine(root, sessionId);

    private static JournalEntry? TryRead(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<JournalEntry>(File.ReadAllBytes(path), Json);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static void CreateOwnerOnly(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnlyFolder);
        }
    }

    private static void WriteOwnerOnly(string path, JournalEntry entry)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnlyFile;
        }

        using FileStream stream = new(path, options);
        JsonSerializer.Serialize(stream, entry, Json);
        stream.Flush(flushToDisk: true);
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
