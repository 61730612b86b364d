using System.ComponentModel;

namespace LocalFargate.Tasks;

/// <summary>Walks a task through its life, from PROVISIONING to STOPPED.</summary>
/// <param name="task">The task.</param>
/// <param name="containers">Its containers.</param>
/// <param name="network">Its network.</param>
/// <param name="abort">Cancelled when the server ends: what is left of the life is then not waited for.</param>
internal sealed class TaskLife(
    FargateTask task, ITaskContainers containers, TaskNetwork network, CancellationToken abort)
{
    private readonly Timeline _timeline = task.Plan.Timeline;

    internal async Task RunAsync()
    {
        try
        {
            await StartAsync();
            await Task.Delay(Timeout.Infinite, task.StopWanted);
        }
        catch (OperationCanceledException) when (task.StopWanted.IsCancellationRequested)
        {
            // It was asked to stop, or stopped by itself: both end here.
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or Win32Exception)
        {
            task.Stop("TaskFailedToStart", $"CannotStartContainerError: {exception.Message}");
        }
        finally
        {
            await StopAsync();
        }
    }

    private async Task StartAsync()
    {
        await StayAsync(TaskPhase.Provisioning, _timeline.Provisioning);
        network.Attach();
        task.Update(state => state with { IsAttached = true, ConnectivityAt = DateTimeOffset.UtcNow });

        await StayAsync(TaskPhase.Pending, _timeline.Pending);
        task.Update(state => state with { PullStartedAt = DateTimeOffset.UtcNow });
        await Task.Delay(_timeline.Pulling, task.StopWanted);
        if (containers.FindMissingImage() is { } image)
        {
            StopEarly(MissingImage(image));
        }

        task.Update(state => state with { PullStoppedAt = DateTimeOffset.UtcNow });
        await containers.StartAsync();
        await StayAsync(TaskPhase.Activating, _timeline.Activating);
        task.Update(state => state with { StartedAt = DateTimeOffset.UtcNow });
        await StayAsync(TaskPhase.Running, TimeSpan.Zero);
    }

    private async Task StopAsync()
    {
        var last = task.State.Phase;
        if (last == TaskPhase.Running)
        {
            await PassAsync(TaskPhase.Deactivating, _timeline.Deactivating);
        }

        if (last >= TaskPhase.Pending)
        {
            await PassAsync(TaskPhase.Stopping, _timeline.Stopping);
        }

        await containers.StopAsync(abort);
        task.Update(state => state with { ExecutionStoppedAt = DateTimeOffset.UtcNow });
        await PassAsync(TaskPhase.Deprovisioning, _timeline.Deprovisioning);
        await network.DisposeAsync();
        task.Update(state => state with
        {
            Phase = TaskPhase.Stopped,
            IsAttached = false,
            HasPublicAddress = false,
            StoppedAt = DateTimeOffset.UtcNow,
        });
    }

    private async Task StayAsync(TaskPhase phase, TimeSpan duration)
    {
        // Together with what the change means to others, so that nobody sees a stopping task start.
        task.StopWanted.ThrowIfCancellationRequested();
        task.Update(state => state with { Phase = phase });
        await Task.Delay(duration, task.StopWanted);
        if (task.Plan.EarlyStop is { } stop && stop.At == phase)
        {
            await Task.Delay(stop.After, task.StopWanted);
            StopEarly(stop);
        }
    }

    private async Task PassAsync(TaskPhase phase, TimeSpan duration)
    {
        task.Update(state => state with { Phase = phase });
        await Task.Delay(duration, abort).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void StopEarly(EarlyStop stop)
    {
        if (stop.ContainerReason is not null || stop.ExitCode is not null)
        {
            var name = task.Definition.Containers[0].Name;
            task.Update(state => state.WithContainer(
                name, container => container with { Reason = stop.ContainerReason, ExitCode = stop.ExitCode }));
        }

        task.Stop(stop.StopCode, stop.StoppedReason);
        task.StopWanted.ThrowIfCancellationRequested();
    }

    private static EarlyStop MissingImage(string image)
    {
        var reason = $"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "
            + $"docker.io/library/{image}: docker.io/library/{image}: not found";
        return new EarlyStop(TaskPhase.Pending, "TaskFailedToStart", reason) { ContainerReason = reason };
    }
}
