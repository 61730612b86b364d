using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace LocalFargate.Tasks;

/// <summary>The tasks of a server: those that live, and for a while those that are stopped.</summary>
internal sealed class TaskRegistry(TimeSpan retention)
{
    private readonly ConcurrentDictionary<string, FargateTask> _tasks = [];
    private readonly Dictionary<string, Launch> _launches = [];
    private readonly Lock _launching = new();

    internal IReadOnlyList<FargateTask> All
    {
        get
        {
            ForgetStopped(retention);
            return [.. _tasks.Values.OrderBy(task => task.State.CreatedAt)];
        }
    }

    internal void Add(FargateTask task) => _tasks[task.Arn] = task;

    /// <summary>Finds a task of a cluster by its ARN or its id; null when there is none, or it is forgotten.</summary>
    internal FargateTask? Find(Cluster cluster, string name)
    {
        ForgetStopped(retention);
        var arn = name.StartsWith("arn:", StringComparison.Ordinal)
            ? name
            : cluster.Arn.Replace(":cluster/", ":task/", StringComparison.Ordinal) + "/" + name;
        return _tasks.TryGetValue(arn, out var task) && task.Cluster == cluster ? task : null;
    }

    internal FargateTask? FindByNetworkInterface(string id) =>
        All.FirstOrDefault(task => task.NetworkInterface.Id == id && task.State.IsAttached);

    /// <summary>What was launched with this client token; launches when it is the token's first use.</summary>
    internal Launch LaunchOnce(string? clientToken, Func<Launch> launch)
    {
        if (clientToken is null)
        {
            return launch();
        }

        lock (_launching)
        {
            return _launches.TryGetValue(clientToken, out var known) ? known : _launches[clientToken] = launch();
        }
    }

    /// <summary>Forgets the tasks that have been stopped for that long.</summary>
    internal void ForgetStopped(TimeSpan age)
    {
        var limit = DateTimeOffset.UtcNow - age;
        foreach (var task in _tasks.Values.Where(task => task.State.StoppedAt <= limit))
        {
            _tasks.TryRemove(task.Arn, out _);
        }
    }
}

/// <summary>A call of RunTask that was performed.</summary>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Tasks">The tasks it started.</param>
/// <param name="Failures">Why others were not started.</param>
internal sealed record Launch(JsonObject Parameters, IReadOnlyList<FargateTask> Tasks, IReadOnlyList<LaunchFailure> Failures);
