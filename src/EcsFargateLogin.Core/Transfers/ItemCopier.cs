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
        SshPipe pipe = new(SshCommandLine.InBackground(ssh, SshCommandLine.ForSftp(endpoint, options), endpoint.KeepsSession));
        await using (pipe)
        {
            using var stop = cancellationToken.Register(pipe.Kill);
            SftpClient sftp = new(new SftpConnection(pipe.Input, pipe.Output));
            if (await HasSftpAsync(pipe, sftp, cancellationToken))
            {
                progress.Report(new Detail(session, $"{session}: copying by SFTP."));
                await CopyAsync(pipe, sftp, request, progress, cancellationToken);
                return;
            }
        }

        TarCopy tar = new(new SshPrograms(ssh, endpoint, options), request, new CopyReport(session, "tar", progress));
        if ((await tar.FindMissingAsync(["tar", "xargs"], cancellationToken)).Length > 0)
        {
            throw TransferErrors.CopyUnavailable(session);
        }

        progress.Report(new CopyWarning(session, "The image has no SFTP server: tar copies, which cannot resume a copy."));
        await tar.RunAsync(cancellationToken);
    }

    private async Task<bool> HasSftpAsync(SshPipe pipe, SftpClient sftp, CancellationToken cancellationToken)
    {
        try
        {
            await sftp.OpenAsync(cancellationToken);
            return true;
        }
        catch (SftpConnectionException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            pipe.Input.Close();
            await pipe.WaitAsync(cancellationToken);
            return pipe.Complaint is { } complaint && !complaint.Contains(NoSubsystem, StringComparison.Ordinal)
                ? throw LoginErrors.SshFailed(session, complaint)
                : false;
        }
    }

    private async Task CopyAsync(
        SshPipe pipe, SftpClient sftp, CopyRequest request, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        CopyReport report = new(session, "sftp", progress);
        try
        {
            await (request.FromSession
                ? new SftpDownload(sftp, request, report).RunAsync(cancellationToken)
                : new SftpUpload(sftp, request, report).RunAsync(cancellationToken));
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested
            && (e is CopyBrokenException or SftpConnectionException))
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (CopyBrokenException e)
        {
            throw TransferErrors.CopyInterrupted(session, e.Item, pipe.Complaint, e);
        }
        catch (SftpConnectionException e)
        {
            throw LoginErrors.SshFailed(session, pipe.Complaint ?? e.Message);
        }
        catch (SftpStatusException e)
        {
            throw TransferErrors.CopyFailed(request.Destination, $"the task's SFTP server says: {e.Message}");
        }
    }
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
