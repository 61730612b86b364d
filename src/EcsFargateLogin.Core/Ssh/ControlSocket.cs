using System.Net.Sockets;
using System.Text;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Ssh;

/// <summary>
/// The Unix socket of a session's master connection, which the session's ssh programs share. It is in the session's folder; if
/// that path is too long for a socket, in a private folder elsewhere, to which a link in the session's folder points.
/// </summary>
internal static class ControlSocket
{
    /// <summary>
    /// The maximum length of the path, in bytes. The limit is 103 on macOS and 107 on Linux, and ssh first binds the socket under
    /// a name that is 17 longer.
    /// </summary>
    public const int LongestPath = 103 - 17;

    private const string SocketFile = "control";
    private const string LinkFile = "control-folder";

    /// <summary>The time limit of a connection attempt. A listening master answers at once.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);

    /// <summary>Returns the socket's path, or null where it has no place yet.</summary>
    /// <param name="folder">The session's folder, which only its user can access.</param>
    public static string? Find(string folder) => Path.Combine(folder, SocketFile) is var path && Fits(path)
        ? path
        : LinkedFolder(folder) is { } linked ? Path.Combine(linked, SocketFile) : null;

    /// <summary>
    /// Returns the socket's path, and makes a place for it where it has none. Only one caller at a time may do so for a session.
    /// </summary>
    /// <returns>Null where there is no place for one, and where the session is closed.</returns>
    public static string? MakePlace(string folder)
    {
        string?[] parents = [Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR"), Path.GetTempPath(), "/tmp"];
        return Find(folder) ?? MakePlace(folder, parents);
    }

    /// <summary>Whether a master listens there.</summary>
    public static async Task<bool> AnswersAsync(string path, CancellationToken cancellationToken)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using var limit = TimeLimit.Begin(AnswerLimit, cancellationToken);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), limit.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    /// <summary>Deletes the socket of a closed session and its folder elsewhere, if any. Failures are ignored.</summary>
    public static void Delete(string folder)
    {
        try
        {
            File.Delete(Path.Combine(folder, SocketFile));
            if (!Fits(Path.Combine(folder, SocketFile)))
            {
                DeleteLinkedFolder(folder);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A socket without a listener does no harm.
        }
    }

    /// <summary>Creates a private folder with a random name, which nobody else can have created before.</summary>
    internal static string? MakePlace(string folder, IEnumerable<string?> parents) => parents
        .Where(parent => Path.IsPathFullyQualified(parent ?? "") && Directory.Exists(parent))
        .Select(parent => Path.Combine(parent!, $"fargate-{Path.GetRandomFileName()}"))
        .Where(linked => Fits(Path.Combine(linked, SocketFile)) && TryLink(folder, linked))
        .Select(linked => Path.Combine(linked, SocketFile))
        .FirstOrDefault();

    private static string? LinkedFolder(string folder) =>
        LinkTargetIn(folder) is { } target && Directory.Exists(target) ? target : null;

    private static string? LinkTargetIn(string folder) => new DirectoryInfo(Path.Combine(folder, LinkFile)).LinkTarget;

    private static bool TryLink(string folder, string linked)
    {
        try
        {
            if (OperatingSystem.IsWindows() || !Directory.Exists(folder))
            {
                return false;
            }

            if (LinkTargetIn(folder) is not null)
            {
                // Its folder is gone, as temporary files go.
                File.Delete(Path.Combine(folder, LinkFile));
            }

            // The link first: a process that is killed in between leaves no folder that nobody knows of.
            Directory.CreateSymbolicLink(Path.Combine(folder, LinkFile), linked);
            Directory.CreateDirectory(linked, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            if (LinkTargetIn(folder) == linked)
            {
                return true;
            }

            // Another process has closed the session meanwhile.
            Directory.Delete(linked);
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next candidate may be writable.
            return false;
        }
    }

    /// <summary>
    /// Puts a file in the place of the link, so that another process, which still opens a connection, can make no folder that
    /// nobody would delete.
    /// </summary>
    private static void DeleteLinkedFolder(string folder)
    {
        while (!TryBlock(folder) && LinkTargetIn(folder) is { } linked)
        {
            File.Delete(Path.Combine(folder, LinkFile));
            if (Directory.Exists(linked))
            {
                Directory.Delete(linked, recursive: true);
            }
        }
    }

    private static bool TryBlock(string folder)
    {
        try
        {
            new FileStream(Path.Combine(folder, LinkFile), FileMode.CreateNew).Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool Fits(string path) => Encoding.UTF8.GetByteCount(path) <= LongestPath;
}
