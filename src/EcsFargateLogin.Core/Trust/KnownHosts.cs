using System.Text;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Trust;

/// <summary>
/// Reads and writes a session's own known_hosts, which holds the host key that ssh accepts under the task's id.
/// </summary>
internal static class KnownHosts
{
    /// <summary>Replaces all keys by one.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public static void Pin(FargateSession session, PublicKey key) => Guard(session, path =>
    {
        SharedFile.Replace(
            path, OwnerOnly.CreateFile, stream => stream.Write(Encoding.UTF8.GetBytes($"{session.TaskId} {key}\n")));
        return true;
    });

    /// <summary>Makes sure that ssh can record a key: where it cannot, it only warns and continues.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public static void MakeWritable(FargateSession session) => Guard(session, path =>
    {
        using var file = File.Exists(path)
            ? new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)
            : OwnerOnly.CreateFile(path);
        return true;
    });

    /// <summary>Returns the key of the session's task; null while there is none.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public static PublicKey? Find(FargateSession session) => Guard(session, path => !File.Exists(path)
        ? null
        : LinesOf(path)
            .Where(line => line.StartsWith($"{session.TaskId} ", StringComparison.Ordinal))
            .Select(line => PublicKey.TryParse(line[session.TaskId.Length..]))
            .FirstOrDefault(key => key is not null));

    /// <summary>Sets the session's host key after its first login, which recorded the key.</summary>
    public static void NoteFirstKey(FargateSession session)
    {
        try
        {
            if (session is { HostKey: null, KnownHostsPath: not null } && Find(session) is { } key)
            {
                session.HostKey = new FargateHostKey(key, HostKeySource.FirstContact);
            }
        }
        catch (FargateException)
        {
            // The key is read again before the next login.
        }
    }

    private static string[] LinesOf(string path)
    {
        using StreamReader reader = new(SharedFile.Open(path));
        return reader.ReadToEnd().Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
    }

    private static T Guard<T>(FargateSession session, Func<string, T> work)
    {
        var path = session.KnownHostsPath!;
        try
        {
            return work(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw JournalErrors.JournalUnavailable(path, e);
        }
    }
}
