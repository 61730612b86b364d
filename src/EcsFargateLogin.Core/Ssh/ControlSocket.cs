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

    /// <summary>Returns the socket's path, or null where there is no place for one.</summary>
    /// <param name="folder">The session's folder, which only its user can access.</param>
    public static string? PathIn(string folder)
    {
        var path = Path.Combine(folder, SocketFile);
        if (Fits(path))
        {
            return path;
        }

        return (LinkedFolder(folder) ?? MakeLinkedFolder(folder)) is { } linked ? Path.Combine(linked, SocketFile) : null;
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

    /// <summary>Deletes the socket and its folder elsewhere, if any. Failures are ignored.</summary>
    public static void Delete(string folder)
    {
        try
        {
            File.Delete(Path.Combine(folder, SocketFile));
            if (LinkedFolder(folder) is { } linked)
            {
                Directory.Delete(linked, recursive: true);
            }

            File.Delete(Path.Combine(folder, LinkFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A socket without a listener does no harm.
        }
    }

    private static string? LinkedFolder(string folder) =>
        new DirectoryInfo(Path.Combine(folder, LinkFile)).LinkTarget is { } target && Directory.Exists(target) ? target : null;

    /// <summary>Creates a private folder with a random name, which nobody else can have created before.</summary>
    private static string? MakeLinkedFolder(string folder)
    {
        string?[] parents = [Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR"), Path.GetTempPath(), "/tmp"];
        return parents
            .Where(parent => Path.IsPathFullyQualified(parent ?? "") && Directory.Exists(parent))
            .Select(parent => Path.Combine(parent!, $"fargate-{Path.GetRandomFileName()}"))
            .Where(linked => Fits(Path.Combine(linked, SocketFile)))
            .FirstOrDefault(linked => TryLink(folder, linked));
    }

    private static bool TryLink(string folder, string linked)
    {
        try
        {
            if (OperatingSystem.IsWindows() || !Directory.Exists(folder))
            {
                return false;
            }

            Directory.CreateDirectory(linked, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.Delete(Path.Combine(folder, LinkFile));
            Directory.CreateSymbolicLink(Path.Combine(folder, LinkFile), linked);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next candidate may be writable.
            return false;
        }
    }

    private static bool Fits(string path) => Encoding.UTF8.GetByteCount(path) <= LongestPath;
}
