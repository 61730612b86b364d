using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Shells;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Ssh.Sftp;

namespace EcsFargateLogin.Transfers;

/// <summary>Copies files to and from a session's container: by SFTP or, if the image has no SFTP server, by tar.</summary>
/// <param name="session">The session.</param>
/// <param name="ssh">The path of ssh.</param>
/// <param name="endpoint">The session's SSH server.</param>
/// <param name="options">The user's own options for ssh.</param>
internal sealed class ItemCopier(FargateSession session, string ssh, SshEndpoint endpoint, IReadOnlyList<SshOption> options)
{
    /// <summary>ssh's message if the server has no SFTP.</summary>
    private const string NoSubsystem = "subsystem request failed";

    /// <summary>The time that a cancelled copy has to end.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Returns the endpoint over the session's master connection, which it opens if necessary; or null where each program has to have a
    /// connection of its own.
    /// </summary>
    public Func<CancellationToken, Task<SshEndpoint>>? OpenMasterAsync { get; init; }

    /// <summary>Whether the session goes on, so that later programs can use the master connection.</summary>
    public bool HasLaterPrograms { get; init; }

    /// <summary>Copies the requested files.</summary>
    /// <exception cref="FargateException">Nothing can be copied, or the connection was lost.</exception>
    public async Task CopyAsync(CopyRequest request, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        try
        {
            await CopyBySftpOrTarAsync(request, progress, cancellationToken);
        }
        catch (HostKeyRefusedException e)
        {
            throw LostConnection.FindOtherServer(session, e.Messages)!;
        }
    }

    private async Task CopyBySftpOrTarAsync(
        CopyRequest request, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        var shared = HasLaterPrograms ? await OpenSharedAsync(cancellationToken) : null;
        if (await TryCopyBySftpAsync(shared ?? endpoint, request, progress, cancellationToken))
        {
            return;
        }

        // Each step is a program, and they are many.
        shared ??= await OpenSharedAsync(cancellationToken);
        SshPrograms programs = new(ssh, shared ?? endpoint, options);
        TarCopy tar = new(programs, request, new CopyReport(session, "tar", progress));
        if ((await tar.FindMissingAsync(["tar", "xargs"], cancellationToken)).Length > 0)
        {
            throw TransferErrors.CopyUnavailable(session);
        }

        progress.Report(new CopyWarning(session, "The image has no SFTP server: tar copies, which cannot resume a copy."));
        await tar.RunAsync(cancellationToken);
    }

    private async Task<SshEndpoint?> OpenSharedAsync(CancellationToken cancellationToken) =>
        OpenMasterAsync is null ? null : await OpenMasterAsync(cancellationToken);

    /// <returns>False where the server has no SFTP.</returns>
    private async Task<bool> TryCopyBySftpAsync(
        SshEndpoint server, CopyRequest request, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        SshPipe pipe = new(SshCommandLine.InBackground(ssh, SshCommandLine.ForSftp(server, options), server.KeepsSession));
        await using (pipe)
        {
            using var stop = cancellationToken.Register(pipe.Kill);
            SftpClient sftp = new(new SftpConnection(pipe.Input, pipe.Output));
            try
            {
                if (!await HasSftpAsync(pipe, sftp, cancellationToken))
                {
                    return false;
                }

                progress.Report(new Detail(session, $"{session}: copying by SFTP."));
                await CopyAsync(pipe, sftp, request, progress, cancellationToken);
                return true;
            }
            catch (SshFailedException e) when (server.ControlPath is null)
            {
                throw LoginErrors.SshFailed(session, e.Message);
            }
            catch (SshFailedException e)
            {
                progress.Report(new Detail(session, $"{session}: the master connection was lost, and a new one is opened: {e.Message}"));
            }
        }

        return await TryCopyBySftpAsync(endpoint, request, progress, cancellationToken);
    }

    private static async Task<bool> HasSftpAsync(SshPipe pipe, SftpClient sftp, CancellationToken cancellationToken)
    {
        try
        {
            await UntilCancelledAsync(sftp.RunAsync(() => sftp.OpenAsync(cancellationToken)), cancellationToken);
            return true;
        }
        catch (Exception e) when (e is SftpConnectionException or SftpStatusException or InvalidDataException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            pipe.Input.Close();
            await pipe.WaitAsync(cancellationToken);
            return pipe.Complaint is { } complaint && !complaint.Contains(NoSubsystem, StringComparison.Ordinal)
                ? throw new SshFailedException(complaint)
                : false;
        }
    }

    private async Task CopyAsync(
        SshPipe pipe, SftpClient sftp, CopyRequest request, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        CopyReport report = new(session, "sftp", progress);
        try
        {
            await UntilCancelledAsync(
                sftp.RunAsync(() => request.FromSession
                    ? new SftpDownload(sftp, request, report).RunAsync(cancellationToken)
                    : new SftpUpload(sftp, request, report).RunAsync(cancellationToken)),
                cancellationToken);
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested
            && (e is CopyBrokenException or SftpConnectionException))
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (CopyBrokenException e)
        {
            throw TransferErrors.CopyInterrupted(session, e.Item, e.Count, pipe.Complaint ?? e.Why, e);
        }
        catch (SftpConnectionException e)
        {
            throw LoginErrors.SshFailed(session, pipe.Complaint ?? e.Message);
        }
        catch (Exception e) when (e is SftpStatusException or InvalidDataException)
        {
            throw TransferErrors.CopyFailed(request.Destination, $"the task's SFTP server says: {e.Message}");
        }
    }

    /// <summary>Waits for work. When it is cancelled, the work has a limited time to end, because another process may hold its pipes.</summary>
    private static async Task UntilCancelledAsync(Task work, CancellationToken cancellationToken)
    {
        try
        {
            await work.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (!work.IsCompleted)
        {
            await work.WaitAsync(EndLimit, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <summary>ssh has failed to connect.</summary>
    private sealed class SshFailedException(string complaint) : Exception(complaint);
}

/// <summary>Copies files to and from a container by tar, over ECS Exec.</summary>
/// <param name="cloud">The account and region of the session.</param>
/// <param name="session">The session, in which the agent runs.</param>
internal sealed class EcsExecCopier(IFargateCloud cloud, FargateSession session)
{
    /// <summary>Without cat and stty, input and output of ECS Exec are lines of a terminal, in which NUL bytes get lost.</summary>
    private static readonly string[] Needed = ["tar", "xargs", "cat", "stty"];

    /// <inheritdoc cref="ItemCopier.CopyAsync(CopyRequest, IProgress{SessionEvent}, CancellationToken)"/>
    public async Task CopyAsync(CopyRequest request, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        TarCopy tar = new(new ExecPrograms(cloud, session, progress), request, new CopyReport(session, "tar", progress));
        if (await tar.FindMissingAsync(Needed, cancellationToken) is { Length: > 0 } missing)
        {
            throw TransferErrors.EcsExecCopyUnavailable(session, missing);
        }

        progress.Report(new Detail(session, $"{session}: copying by tar, over ECS Exec."));
        await tar.RunAsync(cancellationToken);
    }
}
