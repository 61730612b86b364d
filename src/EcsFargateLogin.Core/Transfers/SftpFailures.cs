using EcsFargateLogin.Foundation;
using EcsFargateLogin.Ssh.Sftp;

namespace EcsFargateLogin.Transfers;

/// <summary>Reports the failure of an item, so that the other items are still copied.</summary>
internal static class SftpFailures
{
    /// <summary>The free space, in bytes, below which a failed write means a full disk.</summary>
    private const ulong NoSpace = 1 << 20;

    /// <summary>Runs the work on one item, and reports its failure.</summary>
    /// <param name="sftp">The connection.</param>
    /// <param name="report">Receives the failure.</param>
    /// <param name="item">The item.</param>
    /// <param name="work">The work.</param>
    /// <param name="isBegun">Whether there is an incomplete copy of the item meanwhile.</param>
    /// <exception cref="CopyBrokenException">The connection has ended.</exception>
    public static async Task GuardAsync(
        SftpClient sftp, CopyReport report, CopyItem item, Func<Task> work, bool isBegun = false)
    {
        try
        {
            await work();
        }
        catch (FargateException e)
        {
            report.Failed(item.Source, e);
        }
        catch (SftpStatusException e)
        {
            var why = await ExplainAsync(sftp, item, e);
            report.Failed(item.Source, TransferErrors.CopyFailed(item.Source, why));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            report.Failed(item.Source, TransferErrors.CopyFailed(item.Source, ErrorText.ReasonOf(e)));
        }
        catch (SftpConnectionException e)
        {
            throw new CopyBrokenException(item, e, isBegun);
        }
    }

    private static async Task<string> ExplainAsync(SftpClient sftp, CopyItem item, SftpStatusException e)
    {
        switch (e.Status)
        {
            case SftpStatusException.NoSuchFile:
                return $"the task has no such file or folder, or none to put '{item.Destination}' into";
            case SftpStatusException.PermissionDenied:
                return "the user of the session may not do that there";
            case SftpStatusException.Failure when await FreeSpaceAsync(sftp, item) < NoSpace:
                return $"no space is left on the task's disk; the incomplete copy is kept as '{item.IncompletePath}'";
            default:
                return $"the task's SFTP server says: {e.Message}";
        }
    }

    private static async Task<ulong?> FreeSpaceAsync(SftpClient sftp, CopyItem item)
    {
        try
        {
            return await sftp.FreeSpaceAsync(RemotePath.FolderOf(item.Target), CancellationToken.None);
        }
        catch (Exception e) when (e is SftpStatusException or SftpConnectionException)
        {
            return null;
        }
    }
}

/// <summary>The connection has ended while an item was copied.</summary>
/// <param name="item">The item.</param>
/// <param name="cause">Why.</param>
/// <param name="isBegun">Whether there is an incomplete copy of the item.</param>
internal sealed class CopyBrokenException(CopyItem item, Exception cause, bool isBegun) : Exception(cause.Message, cause)
{
    public CopyItem Item { get; } = item;

    public bool IsBegun { get; } = isBegun;

    /// <summary>The fault of the server that has ended the connection; null if it was lost.</summary>
    public string? Why => InnerException?.InnerException is InvalidDataException e ? e.Message : null;

    /// <summary>The number of items of which there are incomplete copies.</summary>
    public int Count { get; init; } = isBegun ? 1 : 0;
}
