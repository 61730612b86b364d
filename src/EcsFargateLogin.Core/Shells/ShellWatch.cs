using System.Globalization;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Shells;

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
            var (task, failure) = await LookAsync(cancellationToken);
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

    private async Task<(TaskDescription? Task, FargateException? Failure)> LookAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.LookLimit);
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
