using EcsFargateLogin.Foundation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Trust;

/// <summary>A session's own known_hosts: which host key ssh accepts under the task's id. It is never anybody else's.</summary>
internal static class KnownHosts
{
    /// <summary>Makes a key the only one.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public static void Pin(FargateSession session, PublicKey key) => Guard(session, path =>
    {
        var temporary = $"{path}.{Path.GetRandomFileName()}";
        try
        {
            using (StreamWriter writer = new(OwnerOnly.CreateFile(temporary)))
            {
                writer.Write($"{session.TaskId} {key}\n");
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }

        return true;
    });

    /// <summary>Makes sure that ssh can note a key: where it cannot, it only says so and goes on.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public static void MakeWritable(FargateSession session) => Guard(session, path =>
    {
        using var file = File.Exists(path)
            ? new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)
            : OwnerOnly.CreateFile(path);
        return true;
    });

    /// <summary>The key of the session's task; null while there is none.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public static PublicKey? Find(FargateSession session) => Guard(session, path => !File.Exists(path)
        ? null
        : File.ReadLines(path)
            .Where(line => line.StartsWith($"{session.TaskId} ", StringComparison.Ordinal))
            .Select(line => PublicKey.TryParse(line[session.TaskId.Length..]))
            .FirstOrDefault(key => key is not null));

    /// <summary>Sets the session's host key after its first login, which has made the key known.</summary>
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
            // It is read again before the next login.
        }
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
