using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Ssh;

/// <summary>
/// The master connection that a session's ssh programs share, so that only the first one logs in. It is a background ssh process,
/// which ends when the session is closed, or when it is idle for too long.
/// </summary>
/// <param name="folder">The session's own folder.</param>
internal sealed class SshMaster(string folder)
{
    private const string LockFile = "control.lock";

    /// <summary>The idle time after which the connection ends. Until then the container counts it as a login.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The time limit for opening it. After that, programs connect on their own.</summary>
    public TimeSpan OpenLimit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The time limit of the ssh that ends it, which only talks to another local process.</summary>
    public TimeSpan CloseLimit { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The log of the connection.</summary>
    public string LogPath => Path.Combine(folder, "ssh-master.log");

    /// <summary>Opens the connection, unless it is open already.</summary>
    /// <param name="ssh">The path of ssh.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="options">The user's own options, checked.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>
    /// The endpoint over the shared connection; or the unchanged endpoint, where the platform's ssh cannot share connections or
    /// the connection could not be opened. The program that uses the endpoint then reports the error.
    /// </returns>
    /// <exception cref="HostKeyRefusedException">A server with another host key answered.</exception>
    public async Task<SshEndpoint> OpenAsync(
        string ssh, SshEndpoint endpoint, IReadOnlyList<SshOption> options, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            return endpoint;
        }

        if (ControlSocket.Find(folder) is { } known && await ControlSocket.AnswersAsync(known, cancellationToken))
        {
            return endpoint with { ControlPath = known };
        }

        using var limit = TimeLimit.Begin(OpenLimit, cancellationToken);
        try
        {
            // If two processes opened it at once, the second would neither share its connection nor end.
            using var only = await OwnerOnly.LockFileAsync(Path.Combine(folder, LockFile), OpenLimit, limit.Token);
            if (ControlSocket.MakePlace(folder) is not { } path)
            {
                return endpoint;
            }

            var shared = endpoint with { ControlPath = path };
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
        && ControlSocket.Find(folder) is { } path
        && await ControlSocket.AnswersAsync(path, cancellationToken);

    /// <summary>Ends the connection and the programs that use it. Does nothing where there is none; never fails.</summary>
    public async Task CloseAsync()
    {
        if (!OperatingSystem.IsWindows() && ControlSocket.Find(folder) is { } path && File.Exists(path))
        {
            using CancellationTokenSource limit = new(CloseLimit);
            try
            {
                await RunAsync("ssh", SshCommandLine.ForExit(path), limit.Token);
            }
            catch (Exception e) when (e is FargateException or OperationCanceledException)
            {
                // It ends with its task, or when its idle time is over.
            }
        }
    }

    private async Task<bool> StartAsync(
        string ssh, SshEndpoint endpoint, IReadOnlyList<SshOption> options, CancellationToken cancellationToken)
    {
        SshLog.Clear(LogPath);
        // A killed process or a lost network may have left its socket.
        File.Delete(endpoint.ControlPath!);
        var exitCode = await RunAsync(
            ssh, SshCommandLine.ForMaster(endpoint, options, LogPath, IdleLimit), cancellationToken);
        // A program with a connection of its own might reach the right server, and the wrong one would go unnoticed.
        return SshLog.Read(LogPath) is var messages && exitCode != 0 && SshLog.TellsHostKeyRefused(messages)
            ? throw new HostKeyRefusedException(messages)
            : exitCode == 0;
    }

    /// <summary>Runs ssh without input, and hides its output.</summary>
    private static async Task<int> RunAsync(string ssh, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = SshProcess.Start(ChildProcess.WithPipes(ssh, arguments));
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            ChildProcess.Kill(process);
            throw;
        }
    }
}
