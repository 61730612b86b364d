using System.Diagnostics;
using System.Globalization;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Shells;

/// <summary>Runs ssh and watches its task, so that ssh ends with the task instead of hanging.</summary>
internal sealed class WatchedShell(ShellWatch watch)
{
    /// <summary>Receives the terminal's output; null for none.</summary>
    public Transcript? Transcript { get; init; }

    /// <summary>Runs ssh in this process's terminal until it or its task ends.</summary>
    /// <returns>ssh's exit code, and the task where it was found stopping.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; ssh has ended.</exception>
    public Task<(int ExitCode, TaskDescription? StoppedTask)> RunAsync(
        ProcessStartInfo ssh, IProgress<SessionEvent> progress, CancellationToken cancellationToken) =>
        RunAsync(
            hangUp => SshProcess.RunInTerminalAsync(ssh, hangUp, cancellationToken, Transcript is null ? null : Transcript.Add),
            progress,
            cancellationToken);

    /// <summary>Runs ssh, or a program of ECS Exec, by a function.</summary>
    /// <param name="run">Runs it and returns its end. The token is cancelled when it must end with its task.</param>
    /// <param name="progress">Receives what happens to the task.</param>
    /// <param name="cancellationToken">Cancels the watch; <paramref name="run"/> must handle cancellation itself.</param>
    /// <returns>Its end, and the task where it was found stopping.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; it has ended.</exception>
    public async Task<(TEnd End, TaskDescription? StoppedTask)> RunAsync<TEnd>(
        Func<CancellationToken, Task<TEnd>> run, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        using CancellationTokenSource hangUp = new();
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var shell = run(hangUp.Token);
        var stopping = watch.WatchAsync(progress, watching.Token);
        try
        {
            if (await Task.WhenAny(shell, stopping) == stopping && !stopping.IsCanceled)
            {
                await hangUp.CancelAsync();
            }

            var end = await shell;
            return (end, stopping.IsCompletedSuccessfully ? await stopping : null);
        }
        finally
        {
            await watching.CancelAsync();
            await ((Task)stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

/// <summary>Polls a session's task while its shell is open, and shows notices in the shell.</summary>
internal sealed class ShellWatch(IFargateCloud cloud, FargateSession session, ShellWatchOptions options)
{
    private bool _hasWarnedOfLifetime;
    private bool _hasWarnedOfCredentials;
    private bool _hasWarnedOfTheirEnd;

    /// <summary>Watches until the task is stopping. Failed polls never end the watch.</summary>
    /// <returns>The stopping task.</returns>
    /// <exception cref="OperationCanceledException">Cancelled: the shell has ended.</exception>
    public async Task<TaskDescription> WatchAsync(IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        var interval = options.Interval;
        while (true)
        {
            await Task.Delay(Jitter.Of(interval), cancellationToken);
            WarnOfLifetime(progress);
            WarnOfCredentialsEnd(progress);
            var (task, failure) = await PollAsync(cancellationToken);
            if (task is not null && TaskStatuses.IsEnding(task))
            {
                session.Update(task);
                progress.Report(new ShellNotice(
                    session, $"the task is stopping: {task.StoppedReason ?? task.StopCode ?? "ECS gives no reason"}"));
                return task;
            }

            WarnOfCredentials(failure, progress);
            interval = failure?.Error == FargateError.Throttled ? options.ThrottledInterval : options.Interval;
        }
    }

    private async Task<(TaskDescription? Task, FargateException? Failure)> PollAsync(CancellationToken cancellationToken)
    {
        using var limit = TimeLimit.Begin(options.PollLimit, cancellationToken);
        try
        {
            var reply = await cloud
                .DescribeTasksAsync(session.Cluster, [session.TaskArn], limit.Token);
            return (reply.Tasks.FirstOrDefault(session.IsOf), null);
        }
        catch (FargateException e)
        {
            return (null, e);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, null);
        }
    }

    /// <summary>Warns before the end of a lifetime that the program timeout enforces; start-sshd.sh warns by itself.</summary>
    private void WarnOfLifetime(IProgress<SessionEvent> progress)
    {
        if (_hasWarnedOfLifetime || session.Record.CommandLimit is not { } lifetime)
        {
            return;
        }

        var left = (session.StartedAt ?? session.CreatedAt) + lifetime - DateTimeOffset.UtcNow;
        if (left <= (options.Warning < lifetime / 2 ? options.Warning : lifetime / 2))
        {
            _hasWarnedOfLifetime = true;
            progress.Report(new ShellNotice(session, string.Create(
                CultureInfo.InvariantCulture,
                $"this task ends in {Math.Max(0, left.TotalSeconds):0} seconds, at the end of its lifetime")));
        }
    }

    private void WarnOfCredentialsEnd(IProgress<SessionEvent> progress)
    {
        if (!_hasWarnedOfTheirEnd && cloud.CredentialsEnd - DateTimeOffset.UtcNow is { } left && left <= options.Warning)
        {
            _hasWarnedOfTheirEnd = true;
            progress.Report(new ShellNotice(session, string.Create(
                CultureInfo.InvariantCulture,
                $"the AWS credentials ({cloud.Connection.CredentialSource}) end in {Math.Max(0, left.TotalSeconds):0} seconds: "
                + $"renew them, so that the task can be stopped after this shell")));
        }
    }

    private void WarnOfCredentials(FargateException? failure, IProgress<SessionEvent> progress)
    {
        if (!_hasWarnedOfCredentials && failure?.Error is FargateError.CredentialsExpired)
        {
            _hasWarnedOfCredentials = true;
            progress.Report(new ShellNotice(
                session, "the AWS credentials have expired: renew them, so that the task can be stopped after this shell"));
        }
    }
}

/// <summary>The intervals and limits of polling a task while its shell is open.</summary>
internal sealed record ShellWatchOptions
{
    /// <summary>The interval before the first poll and between polls. Jitter of a tenth is added.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The interval between polls while ECS throttles the account.</summary>
    public TimeSpan ThrottledInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time limit of one poll.</summary>
    public TimeSpan PollLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time between the warning and the end of the credentials or lifetime; at most half of the lifetime.</summary>
    public TimeSpan Warning { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>The command of a shell that outlives its connection, in a terminal multiplexer of the image.</summary>
internal static class ResumableShell
{
    /// <summary>
    /// Opens the shell, or attaches to it, also while an earlier connection still appears open. In an image without either
    /// program, says so and starts a shell that ends with its connection.
    /// </summary>
    public const string Command =
        """
        if command -v tmux >/dev/null; then exec tmux -u new-session -A -D -s fargate
        elif command -v screen >/dev/null; then exec screen -D -R -S fargate
        else echo 'EcsFargateLogin: the image has neither tmux nor screen: this shell ends with its connection' >&2
        exec "${SHELL:-sh}" -l
        fi
        """;
}
