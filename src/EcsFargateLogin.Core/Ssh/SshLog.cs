namespace EcsFargateLogin.Ssh;

/// <summary>
/// Reads the log of an ssh process, which a file in the session's folder holds (ssh -E). The log explains failures, and the
/// terminal shows the remote shell alone.
/// </summary>
internal static class SshLog
{
    private const int LastLines = 5;

    /// <summary>The beginnings of lines that ssh writes only at a log level above INFO.</summary>
    private static readonly string[] DebugLines =
        ["debug", "OpenSSH_", "Authenticated to ", "Transferred: ", "Bytes per second: ", "Killed by signal "];

    /// <summary>
    /// The beginnings of lines that are notices. Since 10.1 ssh writes three lines beginning with "** " where the key exchange is
    /// not post-quantum.
    /// </summary>
    private static readonly string[] Notices =
    [
        "** ", "Warning: Permanently added", "Control socket connect(", "Pseudo-terminal will not be allocated",
    ];

    /// <summary>Returns a path in a session's folder that no other connection uses.</summary>
    public static string NewPathIn(string folder) => Path.Combine(folder, $"ssh-{Path.GetRandomFileName()}.log");

    /// <summary>
    /// Deletes a log that has been read. A failure is ignored, because the log is deleted with the session's folder.
    /// </summary>
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

    /// <summary>Returns how the connection ended, by lines that ssh writes at <see cref="SshCommandLine.LogLevel"/>.</summary>
    public static ConnectionEnd EndOf(IReadOnlyCollection<string> messages) => messages switch
    {
        _ when Tells(messages, "rtype exit-status") || Tells(messages, "Received exit status from master") =>
            ConnectionEnd.ProgramEnded,
        _ when Tells(messages, "Entering interactive session") || IsShared(messages) => ConnectionEnd.Lost,
        _ when messages.Any(IsDebug) => ConnectionEnd.NeverOpened,
        _ => ConnectionEnd.Unknown,
    };

    /// <summary>Whether ssh rejected the server's host key.</summary>
    public static bool TellsHostKeyRefused(IEnumerable<string> messages) =>
        messages.Any(message => message.Contains("Host key verification failed", StringComparison.Ordinal));

    /// <summary>Whether the rejected host key differs from the known one; false where none was known.</summary>
    public static bool TellsHostKeyChanged(IEnumerable<string> messages) =>
        messages.Any(message => message.Contains("IDENTIFICATION HAS CHANGED", StringComparison.Ordinal));

    /// <summary>The fingerprint of the host key that the server presented; null where the log does not have it.</summary>
    public static string? HostKeyOf(IEnumerable<string> messages) => messages
        .Where(message => message.Contains("Server host key: ", StringComparison.Ordinal)
            || message.StartsWith("SHA256:", StringComparison.Ordinal))
        .Select(message => message.Split(' ')[^1].TrimEnd('.'))
        .LastOrDefault();

    /// <summary>Whether the server reported that a signal ended the remote program, for which ssh exits with 255.</summary>
    public static bool TellsSignal(IEnumerable<string> messages) => Tells(messages, "rtype exit-signal");

    /// <summary>Whether the user ended the connection with ssh's escape character (~.).</summary>
    public static bool TellsEscape(IEnumerable<string> messages) => Tells(messages, "filter stops");

    /// <summary>
    /// Whether the program ran over the session's master connection. If that connection is still open, a program without an exit
    /// code was ended by a signal.
    /// </summary>
    public static bool IsShared(IEnumerable<string> messages) => Tells(messages, "mux_client_request_session: master session id");

    /// <summary>Whether a line is written only at a log level above INFO.</summary>
    public static bool IsDebug(string message) =>
        Array.Exists(DebugLines, beginning => message.StartsWith(beginning, StringComparison.Ordinal));

    /// <summary>Whether a line is a notice, not the reason of a failure.</summary>
    public static bool IsNotice(string message) =>
        Array.Exists(Notices, beginning => message.StartsWith(beginning, StringComparison.Ordinal));

    /// <summary>
    /// Whether a line is the one that ssh writes to standard error, not to its log, when the server closes the connection.
    /// </summary>
    public static bool IsClosingWord(string line) =>
        line.StartsWith("Connection to ", StringComparison.Ordinal)
        && line.EndsWith(" closed by remote host.", StringComparison.Ordinal);

    /// <summary>
    /// Reads the log of a login that has ended, and tells ssh's exit codes from the program's. ssh creates its log after parsing its
    /// command line, and reports errors of the command line on standard error only. It ends with 1 where it cannot create the log,
    /// most often because somebody has stopped the session, and its folder is gone.
    /// </summary>
    /// <param name="path">The path of the log.</param>
    /// <param name="exitCode">The exit code of ssh.</param>
    /// <param name="options">The user's own options: one of them may have lowered the log level.</param>
    /// <returns>The exit code, which is <see cref="SshProcess.ConnectionFailed"/> for ssh's own; and the lines of the log.</returns>
    public static (int ExitCode, IReadOnlyList<string> Messages) ReadEnd(string path, int exitCode, IEnumerable<SshOption> options)
    {
        if (exitCode is not (1 or SshProcess.ConnectionFailed))
        {
            return (exitCode, Read(path));
        }

        if (File.Exists(path))
        {
            var messages = Read(path);
            return (exitCode, exitCode == SshProcess.ConnectionFailed && IsCutOff(messages, options)
                ? [.. messages, "it ended without a reason in its log: is the disk of the session's folder full?"]
                : messages);
        }

        return (SshProcess.ConnectionFailed, Directory.Exists(Path.GetDirectoryName(path))
            ? ["it did not accept its command line, as its message says."]
            : ["the session's folder is gone: the session was stopped meanwhile."]);
    }

    /// <summary>Whether a log lacks both a login and the reason for which there was none.</summary>
    private static bool IsCutOff(IReadOnlyList<string> messages, IEnumerable<SshOption> options) =>
        EndOf(messages) is ConnectionEnd.Unknown or ConnectionEnd.NeverOpened
        && Complaint(messages) is null
        && !options.Any(option => option.IsOf(SshCommandLine.LogLevel.Name));

    /// <summary>Reads a log; empty when it is missing or cannot be read.</summary>
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
    /// Returns the last error lines, or null when there are none: an exit code of 255 is then the remote program's own.
    /// </summary>
    public static string? Complaint(IEnumerable<string> messages)
    {
        var complaints = messages.Where(message => !IsDebug(message) && !IsNotice(message)).TakeLast(LastLines).ToList();
        return complaints.Count == 0 ? null : string.Join(" ", complaints);
    }

    private static bool Tells(IEnumerable<string> messages, string words) =>
        messages.Any(message => message.Contains(words, StringComparison.Ordinal));
}

/// <summary>The end of an ssh connection, according to its log.</summary>
internal enum ConnectionEnd
{
    /// <summary>The log does not say, because the user chose a lower log level.</summary>
    Unknown,

    /// <summary>No login succeeded.</summary>
    NeverOpened,

    /// <summary>The server reported the remote program's exit code, and ssh exited with it.</summary>
    ProgramEnded,

    /// <summary>It ended without an exit code of the remote program.</summary>
    Lost,
}
