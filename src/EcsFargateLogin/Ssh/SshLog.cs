namespace EcsFargateLogin.Ssh;

/// <summary>
/// What ssh says about itself, kept in a file of the session (ssh -E): so an error can say why, and the terminal shows
/// the remote shell alone.
/// </summary>
internal static class SshLog
{
    private const int LastLines = 5;

    /// <summary>The path beside the session's key.</summary>
    public static string PathFor(FargateSession session) =>
        Path.Combine(Path.GetDirectoryName(session.KeyPath)!, "ssh.log");

    /// <summary>What ssh has written; nothing when it wrote nothing or the file cannot be read.</summary>
    public static IReadOnlyList<string> Read(string path)
    {
        try
        {
            return [.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>
    /// The last lines in which ssh complains, or null when there are none: then an exit code of 255 is the remote
    /// program's own.
    /// </summary>
    public static string? Complaint(IEnumerable<string> messages)
    {
        var complaints = messages.Where(message => !IsNoise(message)).TakeLast(LastLines).ToList();
        return complaints.Count == 0 ? null : string.Join(" ", complaints);
    }

    private static bool IsNoise(string message) =>
        message.StartsWith("Warning: Permanently added", StringComparison.Ordinal)
        || message.StartsWith("debug", StringComparison.Ordinal)
        || message.StartsWith("Pseudo-terminal will not be allocated", StringComparison.Ordinal);
}
