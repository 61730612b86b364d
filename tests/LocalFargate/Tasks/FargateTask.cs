using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace LocalFargate.Tasks;

/// <summary>A task: what it was started with, and the state it is in.</summary>
internal sealed class FargateTask : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private TaskState _state;
    private DateTimeOffset? _firstAskedFor;

    internal FargateTask(string arn, TaskDefinition definition, JsonObject request, NetworkInterface networkInterface)
    {
        Arn = arn;
        Definition = definition;
        Request = request;
        NetworkInterface = networkInterface;
        _state = new TaskState
        {
            CreatedAt = DateTimeOffset.UtcNow,
            Containers = [.. definition.Containers.Select(container => new ContainerState(container.Name))],
        };
    }

    internal string Arn { get; }

    internal string Id => Arn[(Arn.LastIndexOf('/') + 1)..];

    internal required Cluster Cluster { get; init; }

    internal required TaskPlan Plan { get; init; }

    internal TaskDefinition Definition { get; }

    /// <summary>The parameters of the RunTask call that started it.</summary>
    internal JsonObject Request { get; }

    internal NetworkInterface NetworkInterface { get; }

    internal string? StartedBy => (string?)Request["startedBy"];

    /// <summary>The ids that this machine knows the containers' first processes by, while they run.</summary>
    internal IReadOnlyList<int> ProcessIds { get; set; } = [];

    /// <summary>The containers that have been started, by name.</summary>
    internal ConcurrentDictionary<string, RunningContainer> Running { get; } = [];

    /// <summary>Whether RunTask was asked for ECS Exec.</summary>
    internal bool EnablesExecuteCommand => (bool?)Request["enableExecuteCommand"] ?? false;

    internal TaskState State
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    /// <summary>Cancelled once the task has to stop.</summary>
    internal CancellationToken StopWanted => _stop.Token;

    /// <summary>Completed when the task is STOPPED and nothing of it is left.</summary>
    internal Task Ended { get; set; } = Task.CompletedTask;

    /// <summary>Asked for by a client: the time for which ECS does not know the task runs from the first such call,
    /// so that at least one is answered with MISSING however slow the machine is.</summary>
    internal bool IsMissingWhenAsked()
    {
        lock (_lock)
        {
            var now = DateTimeOffset.UtcNow;
            _firstAskedFor ??= now;
            return now < _firstAskedFor + Plan.MissingFor;
        }
    }

    internal void Update(Func<TaskState, TaskState> change)
    {
        lock (_lock)
        {
            _state = change(_state) with { Version = _state.Version + 1 };
        }
    }

    /// <summary>Makes the task stop. The first reason stays.</summary>
    internal void Stop(string stopCode, string reason)
    {
        Update(state => state.StopWanted ? state : state with
        {
            StopWanted = true,
            StopCode = stopCode,
            StoppedReason = reason,
            StoppingAt = DateTimeOffset.UtcNow,
        });
        _stop.Cancel();
    }

    public void Dispose() => _stop.Dispose();
}
