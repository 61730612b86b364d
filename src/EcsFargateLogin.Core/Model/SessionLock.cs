using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Model;

/// <summary>
/// Tracks the processes that use a session: each holds a lock on its own file in the session's folder until it ends. The system
/// releases the lock however the process ends, and other processes see it in any PID namespace and, over NFS, on any host, unlike
/// a process id. A session with a held lock has an owner.
/// </summary>
internal static class SessionLock
{
    private const string Prefix = "owner-";

    private static readonly object _gate = new();
    private static readonly Dictionary<string, (string Path, FileStream Stream)> _held = [];

    /// <summary>Makes this process an owner of a session until it ends or releases the session. May be repeated.</summary>
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
            // The file of a process that has ended. File names are never reused.
            TryDelete(file);
        }
    }

    /// <summary>Ends this process's ownership of the session.</summary>
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

    /// <summary>Returns the owner of the session in a folder.</summary>
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

    /// <summary>Whether a session had owners that have all ended. False while a process creates its folder.</summary>
    public static bool IsAbandoned(string folder) =>
        FilesIn(folder) is { Length: > 0 } && OwnerOf(folder) == SessionOwner.Orphaned;

    private static bool IsHeldHere(string folder) => _held.TryGetValue(folder, out var held) && File.Exists(held.Path);

    /// <summary>Creates a file and locks it, before renaming it to the name that other processes search for.</summary>
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

    /// <returns>Empty where the folder is gone; null where that is unknown.</returns>
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
    /// Whether a file is locked. True also where that is unknown, because the file system has no locks or the file cannot be
    /// read: an unused session does less harm than one that is stopped during use.
    /// </summary>
    private static bool IsHeld(string file)
    {
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return !OperatingSystem.IsWindows() && !UnixFileOperations.TryLock(stream.SafeFileHandle, isShared: true);
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
            // The file is deleted with the folder.
        }
    }
}
