using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Transfers;

/// <summary>Errors about copying files. Paths may come from the container, so they are cleaned.</summary>
internal static class TransferErrors
{
    internal static FargateException ItemNotFound(string path, FargateSession? session = null) => new(
        FargateError.ItemNotFound,
        $"There is no file or folder '{path}'{(session is null ? "" : $" in the task of session {session}")}.",
        "Check the path; use -LiteralPath for one that contains literal wildcard characters.")
    { Target = TerminalText.Clean(path) };

    internal static FargateException LocalItemNotFound(string path) => new(
        FargateError.LocalItemNotFound,
        $"There is no file or folder '{path}' on this machine.",
        "Check the path; use -LiteralPath for one that contains literal wildcard characters.")
    { Target = TerminalText.Clean(path) };

    internal static FargateException RecurseMissing(string path) => new(
        FargateError.CopyFailed,
        $"'{path}' is a folder.",
        "Copy it with its content by -Recurse.")
    { Target = TerminalText.Clean(path) };

    internal static FargateException NotCopiable(string path) => new(
        FargateError.CopyFailed,
        $"'{path}' is neither a file nor a folder.",
        "Copy files and folders; read a device or a pipe by a command with -Raw, with a limit such as head -c.")
    { Target = TerminalText.Clean(path) };

    internal static FargateException DestinationNoFolder(string path, bool exists) => new(
        FargateError.InvalidDestination,
        $"The destination '{path}' is to hold the copies, but {(exists ? "it is no folder" : "there is no such folder")}.",
        "Name a folder that exists with -Destination or, for one file, the name that its copy is to have.")
    { Target = TerminalText.Clean(path) };

    internal static FargateException CopyFailed(string path, string why) => new(
        FargateError.CopyFailed,
        $"'{path}' could not be copied: {why.TrimEnd('.')}.",
        "Correct the cause and repeat the command.")
    { Target = TerminalText.Clean(path) };

    /// <param name="session">The session.</param>
    /// <param name="item">An item that was being copied.</param>
    /// <param name="count">The number of those items.</param>
    /// <param name="why">The reason; null where it is not known.</param>
    /// <param name="cause">The cause.</param>
    internal static FargateException CopyInterrupted(
        FargateSession session, CopyItem item, int count, string? why, Exception cause) => new(
        FargateError.CopyInterrupted,
        $"{ConnectionLost(session, item.Source, why)} The incomplete copy is {(item.IsDirect ? "in" : "kept as")} '{item.IncompletePath}'"
        + (count > 1 ? $", and those of {count - 1} other files are under such names as well." : "."),
        item.IsDirect
            ? "Repeat the command while the task runs: it begins anew, and until then that file is not whole."
            : "Repeat the command while the task runs to resume the copy; or delete that file.",
        cause)
    { Target = TerminalText.Clean(item.Source) };

    internal static FargateException CopyNotKept(FargateSession session, string path, ProgramLostException cause) => new(
        FargateError.CopyInterrupted,
        $"{ConnectionLost(session, path, cause.Why)} What was not complete is not kept.",
        "Repeat the command while the task runs.",
        cause)
    { Target = TerminalText.Clean(path) };

    internal static FargateException CopyPartsLeft(
        FargateSession session, CopyItem item, int count, ProgramLostException cause) => new(
        FargateError.CopyInterrupted,
        $"{ConnectionLost(session, item.Source, cause.Why)} The incomplete copy may be left as '{item.PartialPath}' in the task"
        + (count > 1 ? ", and that of the other files of this copy under such names as well." : "."),
        session.Folder is null
            ? "Delete what is left; and repeat the command while the task runs: it begins anew."
            : "Repeat the command while the task runs: it begins anew, and writes over what is left.",
        cause)
    { Target = TerminalText.Clean(item.Source) };

    internal static FargateException CopyUnavailable(FargateSession session) => new(
        FargateError.CopyUnavailable,
        $"Nothing can be copied to or from session {session}: its image has neither an SFTP server nor tar.",
        "Install one of them in the image (Debian: openssh-sftp-server, Alpine: openssh-sftp-server).")
    { Target = session.SessionId };

    internal static FargateException EcsExecCopyUnavailable(FargateSession session, IReadOnlyList<string> missing) => new(
        FargateError.CopyUnavailable,
        $"Nothing can be copied to or from session {session} by ECS Exec: its image has no {string.Join(", ", missing)}.",
        "Install what is missing in the image (Debian: tar, findutils and coreutils; Alpine's has it); or copy to a session of "
        + "-Transport Ssh, which New-FargateSession starts.")
    { Target = session.ToString() };

    /// <param name="areBothGiven">Whether both kinds of paths are given, or none.</param>
    internal static FargateException PathMissing(bool areBothGiven) => new(
        FargateError.InvalidPath,
        areBothGiven ? "-Path and -LiteralPath cannot go together." : "There is nothing to copy: neither -Path nor -LiteralPath is given.",
        areBothGiven ? "Give one of them; with -LiteralPath, write -Destination before the destination." : "Give one of them.");

    private static string ConnectionLost(FargateSession session, string source, string? why) =>
        $"The connection to session {session} was lost while '{source}' was copied: {(why ?? "it was closed").TrimEnd('.')}.";
}
