namespace EcsFargateLogin.Ssh;

/// <summary>
/// What ssh says about itself, kept in a file of the session (ssh -E): so an error can say why, and the terminal shows
/// the remote shell alone.
/// </summary>
internal static class SshLog
{
    private const int LastLines = 5;

    /// <summary>What lines begin with that ssh only writes at a level above INFO.</summary>
    private static readonly string[] DebugLines =
        ["debug", "OpenSSH_", "Authenticated to ", "Transferred: ", "Bytes per second: ", "Killed by signal "];

    /// <summary>
    /// What lines begin with in which ssh only tells something. Since 10.1 it writes three lines beginning with "** " where the
    /// key exchange is not post-quantum.
    /// </summary>
    private static readonly string[] Notices =
    [
        "** ", "Warning: Permanently added", "Control socket connect(", "Pseudo-terminal will not be allocated",
    ];

    /// <summary>A path in a session's folder that no other connection writes to.</summary>
    public static string NewPathIn(string folder) => Path.Combine(folder, $"ssh-{Path.GetRandomFileName()}.log");

    /// <summary>Deletes a log that has been read. Failing is no error: it goes with the session's folder.</summary>
    public static void Clear(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>How the connection ended. Told by lines that ssh writes at <see cref="SshCommandLine.LogLevel"/>.</summary>
    public static ConnectionEnd EndOf(IReadOnlyCollection<string> messages) => messages switch
    {
        _ when Tells(messages, "rtype exit-status") || Tells(messages, "Received exit status from master") =>
            ConnectionEnd.ProgramEnded,
        _ when Tells(messages, "Entering interactive session") || IsShared(messages) => ConnectionEnd.Lost,
        _ when messages.Any(IsDebug) => ConnectionEnd.NeverOpened,
        _ => ConnectionEnd.Unknown,
    };

    /// <summary>Whether ssh refused the server for its host key.</summary>
    public static bool TellsHostKeyRefused(IEnumerable<string> messages) =>
        messages.Any(message => message.Contains("Host key verification failed", StringComparison.Ordinal));

    /// <summary>Whether that was for another key than the one that is known, not for one that is missing.</summary>
    public static bool TellsHostKeyChanged(IEnumerable<string> messages) =>
        messages.Any(message => message.Contains("IDENTIFICATION HAS CHANGED", StringComparison.Ordinal));

    /// <summary>The fingerprint of the host key that the server has shown; null where the log does not tell.</summary>
    public static string? HostKeyOf(IEnumerable<string> messages) => messages
        .Where(message => message.Contains("Server host key: ", StringComparison.Ordinal)
            || message.StartsWith("SHA256:", StringComparison.Ordinal))
        .Select(message => message.Split(' ')[^1].TrimEnd('.'))
        .LastOrDefault();

    /// <summary>Whether the server reported that a signal ended the remote program: then 255 stands for that.</summary>
    public static bool TellsSignal(IEnumerable<string> messages) => Tells(messages, "rtype exit-signal");

    /// <summary>Whether the user has ended the connection by ssh's escape character (~.).</summary>
    public static bool TellsEscape(IEnumerable<string> messages) => Tells(messages, "filter stops");

    /// <summary>
    /// Whether the program ran over the session's master connection. What has ended without an exit code was then ended
    /// by a signal where that connection lives on.
    /// </summary>
    public static bool IsShared(IEnumerable<string> messages) => Tells(messages, "mux_client_request_session: master session id");

    /// <summary>Whether a line is only there because of that level.</summary>
    public static bool IsDebug(string message) =>
        Array.Exists(DebugLines, beginning => message.StartsWith(beginning, StringComparison.Ordinal));

    /// <summary>Whether a line tells something that is no reason for a failure.</summary>
    public static bool IsNotice(string message) =>
        Array.Exists(Notices, beginning => message.StartsWith(beginning, StringComparison.Ordinal));

    /// <summary>Whether a line is what ssh writes to standard error, not to its log, when the server closes the connection.</summary>
    public static bool IsClosingWord(string line) =>
        line.StartsWith("Connection to ", StringComparison.Ordinal)
        && line.EndsWith(" closed by remote host.", StringComparison.Ordinal);

    /// <summary>
    /// What a login has written that ended with this exit code. ssh makes its log as soon as it has taken its command line, and
    /// complains of that on standard error alone.
    /// </summary>
    public static IReadOnlyList<string> Read(string path, int exitCode) => exitCode == SshProcess.ConnectionFailed && !File.Exists(path)
        ? ["it did not accept its command line, as its message says."]
        : Read(path);

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
        var complaints = messages.Where(message => !IsDebug(message) && !IsNotice(message)).TakeLast(LastLines).ToList();
        return complaints.Count == 0 ? null : string.Join(" ", complaints);
    }

    private static bool Tells(IEnumerable<string> messages, string words) =>
        messages.Any(message => message.Contains(words, StringComparison.Ordinal));
}

/// <summary>How a connection of ssh ended, as its log tells.</summary>
internal enum ConnectionEnd
{
    /// <summary>The log does not tell, because the user asked for a quieter one.</summary>
    Unknown,

    /// <summary>Nobody was logged in.</summary>
    NeverOpened,

    /// <summary>The server reported the remote program's exit code, so that ssh's is that one.</summary>
    ProgramEnded,

    /// <summary>It ended without an exit code of the remote program.</summary>
    Lost,
}
