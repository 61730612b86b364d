using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Model;

/// <summary>
/// Says that a session is in use: each process that uses one holds a lock on a file of its own in the session's folder until
/// it ends. The system frees the lock however the process ends, and shows it to others in any PID namespace and, over NFS,
/// on any host, which a process id does not. As long as one lock is held the session has an owner.
/// </summary>
internal static class SessionLock
{
    private const string Prefix = "owner-";

    private static readonly object _gate = new();
    private static readonly Dictionary<string, (string Path, FileStream Stream)> _held = [];

    /// <summary>Makes this process an owner of a session, until it ends or releases the session. Safe to repeat.</summary>
    /// <exception cref="IOException">The session's folder is gone, or cannot be written.</exception>
    public static void Hold(string folder)
    {
        lock (_gate)
        {
            if (IsHeldHere(folder))
            {
                return;
            }

            Release(folder);
            _held.Add(folder, Take(folder));
        }

        foreach (var file in FilesIn(folder)?.Where(file => !IsHeld(file)) ?? [])
        {
            // Of a process that is gone: names are never used again.
            TryDelete(file);
        }
    }

    /// <summary>This process does not own the session any longer.</summary>
    public static void Release(string folder)
    {
        lock (_gate)
        {
            if (_held.Remove(folder, out var held))
            {
                TryDelete(held.Path);
                held.Stream.Dispose();
            }
        }
    }

    /// <summary>The owner of the session of a folder.</summary>
    public static SessionOwner OwnerOf(string folder)
    {
        lock (_gate)
        {
            if (IsHeldHere(folder))
            {
                return SessionOwner.ThisProcess;
            }
        }

        return FilesIn(folder) is not { } files || Array.Exists(files, IsHeld) ? SessionOwner.OtherProcess
            : Directory.Exists(folder) ? SessionOwner.Orphaned
            : SessionOwner.Elsewhere;
    }

    /// <summary>Whether a session has had owners, and all are gone. False as long as somebody is just making its folder.</summary>
    public static bool IsAbandoned(string folder) =>
        FilesIn(folder) is { Length: > 0 } && OwnerOf(folder) == SessionOwner.Orphaned;

    private static bool IsHeldHere(string folder) => _held.TryGetValue(folder, out var held) && File.Exists(held.Path);

    /// <summary>Makes a file and locks it, and only then gives it the name by which others look for it.</summary>
    private static (string Path, FileStream Stream) Take(string folder)
    {
        var name = $"{Prefix}{Path.GetRandomFileName()}";
        var path = Path.Combine(folder, name);
        var temporary = Path.Combine(folder, $"new-{name}");
        var stream = OwnerOnly.CreateLockedFile(temporary);
        try
        {
            File.Move(temporary, path);
            return (path, stream);
        }
        catch
        {
            TryDelete(temporary);
            stream.Dispose();
            throw;
        }
    }

    /// <returns>None where the folder is gone; null where that cannot be told.</returns>
    private static string[]? FilesIn(string folder)
    {
        try
        {
            return Directory.GetFiles(folder, $"{Prefix}*");
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether somebody has locked a file. Where that cannot be told, because the file system has no locks or the file may not
    /// be read, somebody may have: a session that nobody uses does less harm than one that is stopped while it is used.
    /// </summary>
    private static bool IsHeld(string file)
    {
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return !OperatingSystem.IsWindows() && !UnixFiles.TryLock(stream.SafeFileHandle, isShared: true);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It goes with the folder.
        }
    }
}
