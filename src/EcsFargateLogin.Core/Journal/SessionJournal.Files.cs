using System.Text.Json;
using System.Text.Json.Serialization;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Journal;

// How the journal's files are read, written and deleted.
internal sealed partial class SessionJournal
{
    /// <summary>The number of attempts: virus scanners and backups on Windows hold files open for a moment.</summary>
    private const int Attempts = 10;

    private static readonly TimeSpan AttemptPause = TimeSpan.FromMilliseconds(20);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        IgnoreReadOnlyProperties = true,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Deletes a session's one-time key, of whatever type. Its entry stays.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.FilesNotDeleted"/>.</exception>
    public void DeleteKey(string sessionId)
    {
        foreach (var type in Enum.GetValues<SshKeyType>())
        {
            Delete(sessionId, KeyPathOf(sessionId, type));
        }
    }

    /// <summary>Where somebody else could have put it there, nothing of this journal is believed.</summary>
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

    /// <returns>The entry; or why there is none, where there should be one.</returns>
    private (SessionRecord? Entry, string? Fault) Read(string sessionId)
    {
        var folder = FolderOf(sessionId);
        try
        {
            if (OwnerOnly.FaultOf(folder) is { } faultOfFolder)
            {
                return (null, $"its folder is not trusted, because it {faultOfFolder}");
            }

            using FileStream stream = new(
                Path.Combine(folder, EntryFile), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
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
            return (null, ErrorText.WordsOf(e));
        }
    }

    private static (SessionRecord? Entry, string? Fault) Parse(Stream stream, string sessionId)
    {
        using var text = JsonDocument.Parse(stream);
        var root = text.RootElement;
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("version", out var property)
            && property.TryGetInt32(out var version) && version > SessionRecord.CurrentVersion)
        {
            return (null, "a later version of this module has written it");
        }

        var entry = root.Deserialize<SessionRecord>(Json);
        return entry is null ? (null, "it is damaged")
            : entry.FaultFor(sessionId) is { } fault ? (null, fault)
            : (entry, null);
    }

    private void Put(string sessionId, string name, SessionRecord value)
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

                Repeat(() => File.Move(temporary, Path.Combine(folder, name), overwrite: true));
                OwnerOnly.Flush(folder);
            }
            catch
            {
                File.Delete(temporary);
                throw;
            }
        });
    }

    private void DeleteEntry(string sessionId) => Delete(sessionId, Path.Combine(FolderOf(sessionId), EntryFile));

    private static void Delete(string sessionId, string file)
    {
        try
        {
            Repeat(() => File.Delete(file));
        }
        catch (DirectoryNotFoundException)
        {
            // It is closed already.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw JournalErrors.FilesNotDeleted(sessionId, file, e);
        }
    }

    /// <summary>
    /// Deletes a folder that holds nothing of worth any more. Another process may write into it meanwhile, or hold a file in it
    /// open, which Windows and NFS do not delete: then it is swept later.
    /// </summary>
    private static void DeleteFolder(string folder)
    {
        try
        {
            Repeat(() => Directory.Delete(folder, recursive: true));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Does something with a file until nobody is in the way any more, or for as long as that may take.</summary>
    private static void Repeat(Action work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                work();
                return;
            }
            catch (Exception e) when (MayPass(e) && attempt < Attempts)
            {
                Thread.Sleep(AttemptPause);
            }
        }
    }

    /// <summary>On Unix only that a folder has just got another file; on Windows, that somebody has it open.</summary>
    private static bool MayPass(Exception e) => e is IOException and not (FileNotFoundException or DirectoryNotFoundException)
        || (OperatingSystem.IsWindows() && e is UnauthorizedAccessException);

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
