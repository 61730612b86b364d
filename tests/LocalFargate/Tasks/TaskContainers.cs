using LocalFargate.Containers;
using LocalFargate.Logs;

namespace LocalFargate.Tasks;

/// <summary>Runs the containers of one task, and stops the task when an essential one ends.</summary>
internal sealed class TaskContainers(FargateTask task, ContainerSpecs specs, LogStreams logs, TimeSpan stopTimeout)
    : ITaskContainers
{
    private readonly List<(ContainerDefinition Definition, ContainerProcess Process, Task Watch)> _running = [];

    public string? FindMissingImage() =>
        task.Definition.Containers.Select(container => container.Image).FirstOrDefault(image => !specs.HasImage(image));

    public async Task StartAsync()
    {
        var isolation = await ContainerLauncher.FindIsolationOnceAsync();
        foreach (var definition in task.Definition.Containers)
        {
            var log = CreateLog(definition);
            var spec = specs.Create(task, definition);
            var process = await ContainerProcess.StartAsync(spec, isolation, line => log?.Write(line));
            task.Running[definition.Name] = new RunningContainer(spec, process, isolation);
            task.Update(state => state.WithContainer(definition.Name, container => container.Started(task.Id)));
            _running.Add((definition, process, WatchAsync(definition, process, log)));
            task.ProcessIds = [.. _running.Select(entry => entry.Process.ProcessId).OfType<int>()];
        }
    }

    public async Task StopAsync(CancellationToken abort)
    {
        await Task.WhenAll(_running.Select(entry => StopAsync(entry.Definition, entry.Process, abort)));
        await Task.WhenAll(_running.Select(entry => entry.Watch));
        _running.Clear();
        task.ProcessIds = [];
        task.Update(state => state with
        {
            Containers = [.. state.Containers.Select(container => container with { Status = "STOPPED" })],
        });
    }

    private async Task StopAsync(ContainerDefinition definition, ContainerProcess process, CancellationToken abort)
    {
        await using (process)
        {
            if (!abort.IsCancellationRequested)
            {
                await process.StopAsync(definition.StopTimeout ?? stopTimeout, abort);
            }
        }
    }

    private async Task WatchAsync(ContainerDefinition definition, ContainerProcess process, LogStream? log)
    {
        var exitCode = await process.Exited;
        log?.Close();
        task.Update(state => state.WithContainer(
            definition.Name, container => container with { Status = "STOPPED", ExitCode = container.ExitCode ?? exitCode }));
        if (definition.Essential)
        {
            task.Stop("EssentialContainerExited", "Essential container in task exited");
        }
    }

    private LogStream? CreateLog(ContainerDefinition definition)
    {
        if (definition.LogOptions is not { } options)
        {
            return null;
        }

        var prefix = (string?)options["awslogs-stream-prefix"] ?? "ecs";
        return logs.Create((string)options["awslogs-group"]!, $"{prefix}/{definition.Name}/{task.Id}");
    }
}

/// <summary>The containers of a task.</summary>
internal interface ITaskContainers
{
    /// <summary>The first image of the task that the server does not have, or null.</summary>
    string? FindMissingImage();

    /// <summary>Starts all of them.</summary>
    Task StartAsync();

    /// <summary>Ends all of them: politely at first, unless that token is cancelled.</summary>
    Task StopAsync(CancellationToken abort);
}

/// <summary>A container that has been started.</summary>
internal sealed record RunningContainer(ContainerSpec Spec, ContainerProcess Process, Isolation Isolation);
