namespace EcsFargateLogin.Foundation;

/// <summary>
/// Reads and replaces files that other processes use at the same time. Unix allows that. Windows refuses to replace, delete or
/// open a file that another program, such as a virus scanner, has open. That usually takes only a moment, so such operations are
/// retried.
/// </summary>
internal static class SharedFile
{
    private const int Attempts = 25;

    private static readonly TimeSpan AttemptPause = TimeSpan.FromMilliseconds(20);

    /// <summary>Opens a file for reading, and lets others replace and delete it.</summary>
    public static FileStream Open(string path) =>
        Repeat(() => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    /// <summary>
    /// Replaces a file atomically. A reader sees the old content or the new one, also after a power failure; on failure the old
    /// file stays, and nothing is left beside it.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="create">Creates a file that must not exist, for writing.</param>
    /// <param name="write">Writes the content.</param>
    public static void Replace(string path, Func<string, FileStream> create, Action<Stream> write)
    {
        // Each writer uses its own temporary file.
        var temporary = $"{path}.{Path.GetRandomFileName()}";
        try
        {
            using (var stream = create(temporary))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            Move(temporary, path);
            OwnerOnly.Flush(Path.GetDirectoryName(path)!);
        }
        catch
        {
            Repeat(() => File.Delete(temporary));
            throw;
        }
    }

    /// <summary>Renames a file, replacing an existing one.</summary>
    public static void Move(string from, string to) => Repeat(() => File.Move(from, to, overwrite: true));

    /// <summary>Retries a file operation while another process interferes, for a limited time.</summary>
    public static void Repeat(Action work) => Repeat(() =>
    {
        work();
        return true;
    });

    /// <summary>
    /// Whether a failure may be transient. On Unix only the deletion of a folder is, while another process adds a file, and
    /// denied access is permanent; Windows also denies access to a file that is open or being deleted.
    /// </summary>
    public static bool IsTransient(Exception e, bool isWindows) =>
        e is IOException and not (FileNotFoundException or DirectoryNotFoundException)
        || (isWindows && e is UnauthorizedAccessException);

    private static T Repeat<T>(Func<T> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return work();
            }
            catch (Exception e) when (attempt < Attempts && IsTransient(e, OperatingSystem.IsWindows()))
            {
                Thread.Sleep(AttemptPause);
            }
        }
    }
}
