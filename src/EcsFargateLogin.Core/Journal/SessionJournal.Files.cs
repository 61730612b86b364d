using System.Text.Json;
using System.Text.Json.Serialization;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Journal;

// Reads, writes and deletes the journal's files.
internal sealed partial class SessionJournal
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        IgnoreReadOnlyProperties = true,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Writes the secret by which a session's container proves its host key.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public void WriteProofKey(string sessionId, string proofKey)
    {
        var path = ProofKeyPathOf(sessionId);
        Guard(path, () =>
        {
            using StreamWriter file = new(OwnerOnly.CreateFile(path));
            file.Write(proofKey);
        });
    }

    /// <summary>Deletes a session's secrets: its one-time key of any type, and the key of its proof. Its entry stays.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.FilesNotDeleted"/>.</exception>
    public void DeleteKey(string sessionId)
    {
        foreach (var type in Enum.GetValues<SshKeyType>())
        {
            Delete(sessionId, KeyPathOf(sessionId, type));
        }

        Delete(sessionId, ProofKeyPathOf(sessionId));
    }

    /// <summary>Throws where somebody else can write to the journal: then none of it is trusted.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    private void ThrowIfOthersMayWrite()
    {
        foreach (var folder in new[] { Path.GetDirectoryName(root)!, root })
        {
            if (OwnerOnly.FaultOf(folder) is { } fault)
            {
                throw JournalErrors.JournalNotTrusted(folder, fault);
            }
        }
    }

    /// <returns>The entry; or the reason why it cannot be read; or neither where there is none.</returns>
    private (SessionRecord? Entry, string? Fault) Read(string sessionId)
    {
        var folder = FolderOf(sessionId);
        try
        {
            if (OwnerOnly.FaultOf(folder) is { } faultOfFolder)
            {
                return (null, $"its folder is not trusted, because it {faultOfFolder}");
            }

            using var stream = SharedFile.Open(Path.Combine(folder, EntryFile));
            if (OwnerOnly.FaultOf(stream) is { } fault)
            {
                return (null, $"it is not trusted, because it {fault}");
            }

            return stream.Length == 0 ? (null, "it is empty") : Parse(stream, sessionId);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, null);
        }
        catch (JsonException)
        {
            return (null, "it is damaged");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, Directory.Exists(Path.Combine(folder, EntryFile)) ? "it is a folder" : ErrorText.ReasonOf(e));
        }
    }

    private static (SessionRecord? Entry, string? Fault) Parse(Stream stream, string sessionId)
    {
        using var text = JsonDocument.Parse(stream);
        var root = text.RootElement;
        if (VersionOf(root) > SessionRecord.CurrentVersion)
        {
            return (null, "a later version of this module has written it");
        }

        var entry = root.Deserialize<SessionRecord>(Json);
        return entry is null ? (null, "it is damaged")
            : entry.FaultFor(sessionId) is { } fault ? (null, fault)
            : (entry, null);
    }

    /// <summary>The version that a file of the journal names; 0 where it names none.</summary>
    internal static int VersionOf(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("version", out var property)
        && property.ValueKind == JsonValueKind.Number && property.TryGetInt32(out var version) ? version : 0;

    private void Put(string sessionId, string name, SessionRecord value)
    {
        var folder = FolderOf(sessionId);
        Guard(folder, () => OwnerOnly.WriteJson(Path.Combine(folder, name), value, Json));
    }

    private void DeleteEntry(string sessionId)
    {
        // A folder in its place is deleted with the session's folder.
        if (Path.Combine(FolderOf(sessionId), EntryFile) is var path && !Directory.Exists(path))
        {
            Delete(sessionId, path);
        }
    }

    private static void Delete(string sessionId, string file)
    {
        try
        {
            SharedFile.Repeat(() => File.Delete(file));
        }
        catch (DirectoryNotFoundException)
        {
            // The session is closed already.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw JournalErrors.FilesNotDeleted(sessionId, file, e);
        }
    }

    /// <summary>
    /// Deletes a folder that is no longer needed. Another process may still write into it or hold a file open, which Windows and
    /// NFS refuse to delete; such a folder is swept later.
    /// </summary>
    private static void DeleteFolder(string folder)
    {
        try
        {
            SharedFile.Repeat(() => Directory.Delete(folder, recursive: true));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
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
            throw JournalErrors.JournalUnavailable(path, e);
        }
    }
}
