namespace EcsFargateLogin.Foundation;

/// <summary>
/// Files that other processes read and write at the same time. Unix lets them; Windows refuses to replace, delete or open a file
/// that somebody has open just then, as virus scanners and backups do too. That is soon over, so it is tried again for a moment.
/// </summary>
internal static class SharedFile
{
    private const int Attempts = 25;

    private static readonly TimeSpan AttemptPause = TimeSpan.FromMilliseconds(20);

    /// <summary>Opens a file to read it, and is in nobody's way with that.</summary>
    public static FileStream Open(string path) =>
        Repeat(() => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    /// <summary>
    /// Writes a file that takes the place of the one that is there. A reader sees the old one or the new one, also after a power
    /// failure; where it cannot be done, the old one stays and nothing is left beside it.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="create">Makes a file that must not exist, for writing.</param>
    /// <param name="write">Writes what it is to hold.</param>
    public static void Replace(string path, Func<string, FileStream> create, Action<Stream> write)
    {
        // A name of its own for each writer: two must not write into one file.
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

    /// <summary>Gives a file another name, and replaces what has that name.</summary>
    public static void Move(string from, string to) => Repeat(() => File.Move(from, to, overwrite: true));

    /// <summary>Does something with a file until nobody is in the way any more, or for as long as that may take.</summary>
    public static void Repeat(Action work) => Repeat(() =>
    {
        work();
        return true;
    });

    /// <summary>
    /// Whether a failure may be over in a moment. On Unix, where only a folder may have got another file while it was deleted, a
    /// file that may not be used stays so; to Windows that is the same as one that is open or is being deleted.
    /// </summary>
    public static bool MayPass(Exception e, bool isWindows) =>
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
            catch (Exception e) when (attempt < Attempts && MayPass(e, OperatingSystem.IsWindows()))
            {
                Thread.Sleep(AttemptPause);
            }
        }
    }
}
