using System.Diagnostics;
using System.Globalization;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Shells;

/// <summary>Runs ssh and watches the task meanwhile, so that what runs there ends with its task instead of hanging.</summary>
internal sealed class WatchedShell(ShellWatch watch)
{
    /// <summary>Gets what the terminal has shown; null for nobody.</summary>
    public Transcript? Transcript { get; init; }

    /// <summary>Runs ssh in this process's terminal until it or its task ends.</summary>
    /// <returns>ssh's exit code and, where the watch has seen it stopping, the task.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; ssh has ended.</exception>
    public Task<(int ExitCode, TaskDescription? StoppedTask)> RunAsync(
        ProcessStartInfo ssh, IProgress<SessionEvent> progress, CancellationToken cancellationToken) =>
        RunAsync(
            hangUp => SshProcess.RunInTerminalAsync(ssh, hangUp, cancellationToken, Transcript is null ? null : Transcript.Add),
            progress,
            cancellationToken);

    /// <summary>Runs ssh in some other way.</summary>
    /// <param name="run">Runs it; the token tells it to end, with its task. Gives its exit code.</param>
    /// <param name="progress">Is told what happens to the task.</param>
    /// <param name="cancellationToken">Cancels the watch; <paramref name="run"/> sees to itself.</param>
    /// <inheritdoc cref="RunAsync(ProcessStartInfo, IProgress{SessionEvent}, CancellationToken)"/>
    public async Task<(int ExitCode, TaskDescription? StoppedTask)> RunAsync(
        Func<CancellationToken, Task<int>> run, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
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

            var exitCode = await shell;
            return (exitCode, stopping.IsCompletedSuccessfully ? await stopping : null);
        }
        finally
        {
            await watching.CancelAsync();
            await ((Task)stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

/// <summary>Looks at a session's task while its shell is open, and says what the user has to know in the shell.</summary>
internal sealed class ShellWatch(IFargateCloud cloud, FargateSession session, ShellWatchOptions options)
{
    private bool _hasWarnedOfLifetime;
    private bool _hasWarnedOfCredentials;
    private bool _hasWarnedOfTheirEnd;

    /// <summary>Watches until the task is stopping. What AWS refuses meanwhile never ends the watch.</summary>
    /// <returns>The task as ECS describes it then.</returns>
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
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.PollLimit);
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

    /// <summary>start-sshd.sh warns by itself; timeout, which was put before the container's command, does not.</summary>
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

/// <summary>How often a task is looked at while its shell is open.</summary>
internal sealed record ShellWatchOptions
{
    /// <summary>To the first look and between looks. Each is jittered by a tenth.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between looks while ECS slows the account down.</summary>
    public TimeSpan ThrottledInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one look may take.</summary>
    public TimeSpan PollLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long before the end of the credentials or the lifetime the user is warned; half of a lifetime that is under
    /// twice that.
    /// </summary>
    public TimeSpan Warning { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>A shell that outlives its connection, in a terminal multiplexer of the image.</summary>
internal static class ResumableShell
{
    /// <summary>
    /// Opens it, or takes it over from a connection that is not known to be lost yet. An image that has neither program says
    /// so, and gives a shell that ends with its connection.
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
