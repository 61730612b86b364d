using System.Diagnostics;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Ssh;

/// <summary>
/// The connection that the ssh programs of one session share, so that each but the first starts without a login of its
/// own. It is an ssh in the background. Whoever closes the session ends it; a limit does where nobody can.
/// </summary>
/// <param name="folder">The session's own folder.</param>
internal sealed class SshMaster(string folder)
{
    private const string LockFile = "control.lock";

    /// <summary>How long it outlives the last program that uses it. As long, it is a login to the container.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long it may take to open; a program then gets a connection of its own.</summary>
    public TimeSpan OpenLimit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the ssh that ends it may take: it only talks to another process of this machine.</summary>
    public TimeSpan CloseLimit { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>What ssh says about the connection.</summary>
    public string LogPath => Path.Combine(folder, "ssh-master.log");

    /// <summary>Opens the connection, unless it is open already.</summary>
    /// <param name="ssh">The path of ssh.</param>
    /// <param name="endpoint">Where to log in.</param>
    /// <param name="options">The user's own options, checked.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>
    /// The endpoint by way of the connection; or as it was, where the platform's ssh has no such connections or it could
    /// not be opened: what is wrong is then for the program to say that needs it.
    /// </returns>
    /// <exception cref="HostKeyRefusedException">Another server answered.</exception>
    public async Task<SshEndpoint> OpenAsync(
        string ssh, SshEndpoint endpoint, IReadOnlyList<SshOption> options, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || ControlSocket.PathIn(folder) is not { } path)
        {
            return endpoint;
        }

        var shared = endpoint with { ControlPath = path };
        if (await ControlSocket.AnswersAsync(path, cancellationToken))
        {
            return shared;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(OpenLimit);
        try
        {
            // Of two that open at once the second would not share, and not end either.
            using var only = await OwnerOnly.LockFileAsync(Path.Combine(folder, LockFile), OpenLimit, limit.Token);
            return await ControlSocket.AnswersAsync(path, limit.Token)
                || await StartAsync(ssh, shared, options, limit.Token) ? shared : endpoint;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return endpoint;
        }
    }

    /// <summary>Whether the connection is open.</summary>
    public async Task<bool> IsOpenAsync(CancellationToken cancellationToken) =>
        !OperatingSystem.IsWindows()
        && ControlSocket.PathIn(folder) is { } path
        && await ControlSocket.AnswersAsync(path, cancellationToken);

    /// <summary>Ends the connection, and what uses it. Where there is none this costs nothing; it never fails.</summary>
    public async Task CloseAsync()
    {
        if (!OperatingSystem.IsWindows() && ControlSocket.PathIn(folder) is { } path && File.Exists(path))
        {
            using CancellationTokenSource limit = new(CloseLimit);
            try
            {
                await RunAsync("ssh", SshCommandLine.ForExit(path), limit.Token);
            }
            catch (Exception e) when (e is FargateException or OperationCanceledException)
            {
                // It ends with its task, or by its limit.
            }
        }

        ControlSocket.Delete(folder);
    }

    private async Task<bool> StartAsync(
        string ssh, SshEndpoint endpoint, IReadOnlyList<SshOption> options, CancellationToken cancellationToken)
    {
        SshLog.Clear(LogPath);
        // The one that a killed process or a lost network has left.
        File.Delete(endpoint.ControlPath!);
        var exitCode = await RunAsync(
            ssh, SshCommandLine.ForMaster(endpoint, options, LogPath, IdleLimit), cancellationToken);
        // With a connection of its own the next program might meet the right server, and nobody would hear of the other one.
        return SshLog.Read(LogPath) is var messages && exitCode != 0 && SshLog.TellsHostKeyRefused(messages)
            ? throw new HostKeyRefusedException(messages)
            : exitCode == 0;
    }

    /// <summary>Runs ssh without input, and lets nothing that it says through.</summary>
    private static async Task<int> RunAsync(string ssh, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = SshProcess.Start(new ProcessStartInfo(ssh, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
