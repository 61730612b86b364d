using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Logs;

/// <summary>Reads the logs of containers together, in the order of time, and follows them until their tasks have ended.</summary>
/// <param name="cloud">The account.</param>
/// <param name="streams">The streams.</param>
/// <param name="query">The part that is read.</param>
/// <param name="write">Writes messages. It returns when there is room for more.</param>
internal sealed class LogReading(
    IFargateCloud cloud, IReadOnlyList<ContainerStream> streams, LogQuery query, Action<IReadOnlyList<FargateLogEvent>> write)
{
    /// <summary>The number of messages that are written at once.</summary>
    private const int LongestBatch = 500;

    /// <summary>The pause between two reads. The driver awslogs sends every 5 s.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>The number of reads between two polls of the tasks.</summary>
    private const int ReadsPerPoll = 3;

    /// <summary>
    /// The time from the end of a task until all of its log can be read: the driver has sent it by then, and CloudWatch Logs takes
    /// about a second.
    /// </summary>
    private static readonly TimeSpan LastRead = TimeSpan.FromSeconds(3);

    private readonly LogStreamReader[] _readers = [.. streams.Select(stream => new LogStreamReader(cloud, stream, query))];

    /// <summary>Reads all that is there now.</summary>
    /// <exception cref="FargateException">The log cannot be read.</exception>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        List<FargateLogEvent> batch = [];
        while (true)
        {
            foreach (var reader in _readers.Where(reader => reader.Next is null))
            {
                await reader.FillAsync(cancellationToken);
            }

            var next = _readers.Where(reader => reader.Next is not null).MinBy(reader => reader.Next!.Time);
            if (batch.Count > 0 && (next is null || batch.Count >= LongestBatch))
            {
                write(batch);
                batch = [];
            }

            if (next is null)
            {
                return;
            }

            batch.Add(next.Take());
        }
    }

    /// <summary>Reads what is there and what comes, until the tasks have ended.</summary>
    /// <returns>
    /// The containers' exit code, the last one that is not 0; null where ECS does not tell it.
    /// </returns>
    /// <exception cref="FargateException">The log or the task cannot be read.</exception>
    public async Task<int?> FollowAsync(CancellationToken cancellationToken)
    {
        FailureTolerance tolerance = new();
        for (var reads = 0; ; reads++)
        {
            try
            {
                var ended = reads % ReadsPerPoll == 0 ? await FindEndAsync(cancellationToken) : null;
                if (ended is not null)
                {
                    await Task.Delay(LastRead, cancellationToken);
                }

                await ReadAsync(cancellationToken);
                if (ended is not null)
                {
                    return ExitCodeOf(ended);
                }

                tolerance.Reset();
            }
            catch (FargateException e) when (tolerance.Tolerates(e))
            {
                // The next read continues where this one was.
            }

            await Task.Delay(Jitter.Of(Interval), cancellationToken);
            Array.ForEach(_readers, reader => reader.Continue());
        }
    }

    /// <summary>Returns the tasks where all have ended; null while one of them has not.</summary>
    private async Task<IReadOnlyList<TaskDescription>?> FindEndAsync(CancellationToken cancellationToken)
    {
        List<TaskDescription> tasks = [];
        var sessions = streams.Select(stream => stream.Session).DistinctBy(session => session.TaskArn).ToList();
        foreach (var cluster in sessions.GroupBy(session => session.Cluster))
        {
            var reply = await cloud.DescribeTasksAsync(cluster.Key, [.. cluster.Select(session => session.TaskArn)], cancellationToken);
            tasks.AddRange(reply.Tasks);
        }

        foreach (var task in tasks)
        {
            sessions.Find(session => session.IsOf(task))?.Update(task);
        }

        return sessions.All(session => HasEnded(session, tasks.FirstOrDefault(session.IsOf))) ? tasks : null;
    }

    /// <summary>
    /// Whether a task has ended. One that ECS does not know was forgotten, an hour after it has stopped, or is too new to be known.
    /// </summary>
    private static bool HasEnded(FargateSession session, TaskDescription? task) => task is null
        ? DateTimeOffset.UtcNow - session.CreatedAt > SessionCloser.NewTaskLimit
        : task.LastStatus == TaskStatuses.Stopped;

    private int? ExitCodeOf(IReadOnlyList<TaskDescription> tasks)
    {
        var codes = streams.Select(stream => tasks.FirstOrDefault(stream.Session.IsOf)?.Containers
            .FirstOrDefault(container => container.Name == stream.ContainerName)?.ExitCode).OfType<int>().ToList();
        return codes.Count == 0 ? null : codes.LastOrDefault(code => code != 0);
    }
}
