using EcsFargateLogin.Cloud;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Model;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Lifecycle.Listing;

/// <summary>
/// Finds the sessions of one connection by joining the journal with the tasks in ECS. Closes the entries of tasks that have
/// ended, and adds the task to entries with an unanswered RunTask.
/// </summary>
internal sealed class SessionFinder(IFargateCloud cloud, SessionJournal journal)
{
    /// <summary>Searches all clusters in parallel.</summary>
    public async Task<FoundSessions> FindAsync(SessionQuery query, CancellationToken cancellationToken)
    {
        var clusters = query.Clusters.Union(query.Entries.Select(entry => entry.Cluster));
        var found = await Task.WhenAll(clusters.Select(cluster => FindInAsync(cluster, query, cancellationToken)));
        FargateSession[] sessions = [.. found.SelectMany(part => part.Sessions)];
        await ReadAddressesAsync(sessions, cancellationToken);
        return new FoundSessions(sessions, [.. found.SelectMany(part => part.Errors)]);
    }

    private async Task<FoundSessions> FindInAsync(string cluster, SessionQuery query, CancellationToken cancellationToken)
    {
        SessionRecord[] entries = [.. query.Entries.Where(entry => entry.Cluster == cluster)];
        try
        {
            var taskArns = await ListAsync(cluster, entries, query, cancellationToken);
            string[] wanted = [.. entries.Select(entry => entry.TaskArn).OfType<string>().Union(taskArns)];
            var reply = wanted.Length == 0
                ? new DescribeTasksReply([], [])
                : await cloud.DescribeTasksAsync(cluster, wanted, cancellationToken);
            var (sessions, known) = await JoinAsync(cluster, entries, reply.Tasks, query, cancellationToken);
            var unlisted = await CloseOverAsync(entries.Where(entry => !known.Contains(entry.SessionId)), cancellationToken);
            return new FoundSessions([.. sessions, .. unlisted], []);
        }
        catch (FargateException e)
        {
            var isUnexpected = cluster != query.UnnamedCluster || entries.Length > 0
                || e.Error is not (FargateError.ClusterNotFound or FargateError.AccessDenied);
            return new FoundSessions([.. entries.Select(entry => UnknownOf(journal, entry))], isUnexpected ? [e] : []);
        }
    }

    /// <summary>Lists the tasks that may belong to sessions, besides those with an ARN in the journal.</summary>
    private async Task<IReadOnlyList<string>> ListAsync(
        string cluster, SessionRecord[] entries, SessionQuery query, CancellationToken cancellationToken)
    {
        var unanswered = entries.Where(entry => entry.TaskArn is null).Select(entry => entry.SessionId);
        var isOpen = query.Clusters.Contains(cluster);
        if (isOpen && query.Ids is null)
        {
            return await cloud.ListTasksAsync(cluster, cancellationToken);
        }

        var known = entries.Where(entry => entry.TaskArn is not null).Select(entry => entry.SessionId);
        List<string> taskArns = [];
        foreach (var id in isOpen ? unanswered.Union(query.Ids!).Except(known) : unanswered)
        {
            taskArns.AddRange(await cloud.ListTasksAsync(cluster, id, cancellationToken));
        }

        return taskArns;
    }

    /// <summary>Joins each task with its entry in the journal.</summary>
    /// <returns>The open sessions, and the ids of all entries that ECS has reported a task for.</returns>
    private async Task<(List<FargateSession> Sessions, HashSet<string> Known)> JoinAsync(
        string cluster,
        SessionRecord[] entries,
        IReadOnlyList<TaskDescription> tasks,
        SessionQuery query,
        CancellationToken cancellationToken)
    {
        List<FargateSession> sessions = [];
        HashSet<string> known = [];
        var byTask = entries.Where(entry => entry.TaskArn is not null).ToLookup(entry => entry.TaskArn);
        foreach (var task in tasks)
        {
            var entry = byTask[task.TaskArn].FirstOrDefault() ?? EntryByStartedBy(task);
            if (task.LastStatus == TaskStatuses.Stopped)
            {
                // A stopped task of an earlier attempt says nothing about the session's next task.
                if (entry is not null && entry.TaskArn == task.TaskArn)
                {
                    known.Add(entry.SessionId);
                    if (MayStartAgain(entry, task) || !await TryCloseAsync(entry, cancellationToken))
                    {
                        sessions.Add(SessionOf(entry, task));
                    }
                }
            }
            else if (entry is not null)
            {
                known.Add(entry.SessionId);
                sessions.Add(SessionOf(Complete(entry, task), task));
            }
            else if (SessionIds.IsValid(task.StartedBy) && query.Ids?.Contains(task.StartedBy!) != false)
            {
                sessions.Add(SessionOf(cluster, task));
            }
        }

        return (sessions, known);
    }

    /// <summary>Closes the entries without a task in ECS that have ended.</summary>
    /// <returns>The sessions of the other entries.</returns>
    private async Task<List<FargateSession>> CloseOverAsync(
        IEnumerable<SessionRecord> entries, CancellationToken cancellationToken)
    {
        List<FargateSession> sessions = [];
        foreach (var entry in entries)
        {
            if (!await HasEndedAsync(entry, cancellationToken)
                || !await TryCloseAsync(entry, cancellationToken))
            {
                sessions.Add(UnknownOf(journal, entry));
            }
        }

        return sessions;
    }

    private SessionRecord? EntryByStartedBy(TaskDescription task) =>
        task.StartedBy is { } sessionId ? journal.Find(sessionId) : null;

    /// <summary>Returns the entry with its task, which an unanswered RunTask has started.</summary>
    private SessionRecord Complete(SessionRecord entry, TaskDescription task)
    {
        if (entry.TaskArn is null)
        {
            journal.NoteTask(entry.SessionId, task.TaskArn);
        }

        return entry with { TaskArn = task.TaskArn };
    }

    /// <summary>
    /// Whether a session without a task in ECS has ended. Where its account is unknown, the task may run in an account other than
    /// that of these credentials, and only the user can say that it has ended.
    /// </summary>
    private async Task<bool> HasEndedAsync(SessionRecord entry, CancellationToken cancellationToken)
    {
        var limit = entry.TaskArn is null ? SessionCloser.UnansweredLimit : SessionCloser.NewTaskLimit;
        return DateTimeOffset.UtcNow - entry.CreatedAt > limit
            && journal.SessionOf(entry).Account is { } account
            && await AskedAccount.IsAsync(account, cloud, entry.Cluster, cancellationToken);
    }

    /// <summary>
    /// Whether a session with a stopped task may get another task, because there was no capacity for that one. The process that
    /// uses the session either starts the task or closes the session.
    /// </summary>
    private bool MayStartAgain(SessionRecord entry, TaskDescription task) =>
        TransientFailures.Matches(task) && journal.IsInUse(entry.SessionId);

    /// <summary>
    /// Closes an entry with an ended task, after its rule is removed. The process that uses the session removes the rule; where
    /// none does, this method does.
    /// </summary>
    /// <returns>False when the rule still exists.</returns>
    private async Task<bool> TryCloseAsync(SessionRecord entry, CancellationToken cancellationToken)
    {
        if (entry.Ingress is not null
            && (journal.IsInUse(entry.SessionId)
                || await new SessionIngress(cloud, journal)
                    .CloseAsync(journal.SessionOf(entry), entry.SessionId, cancellationToken) is not null))
        {
            return false;
        }

        try
        {
            journal.Close(entry.SessionId);
        }
        catch (FargateException)
        {
            // On a read-only disk the entry stays, and is closed the next time.
        }

        return true;
    }

    /// <summary>Creates the session of an entry with the status UNKNOWN.</summary>
    public static FargateSession UnknownOf(SessionJournal journal, SessionRecord entry)
    {
        var session = journal.SessionOf(entry);
        session.Status = TaskStatuses.Unknown;
        return session;
    }

    private FargateSession SessionOf(SessionRecord entry, TaskDescription task)
    {
        var session = journal.SessionOf(entry);
        session.Update(task);
        return session;
    }

    private FargateSession SessionOf(string cluster, TaskDescription task)
    {
        var damaged = journal.FindDamaged(task.StartedBy!);
        SessionRecord record = new()
        {
            SessionId = task.StartedBy!,
            Connection = cloud.Connection.Aws,
            Cluster = cluster,
            CreatedAt = task.CreatedAt ?? DateTimeOffset.UtcNow,
            ContainerName = ContainerContract.LoginContainerOf(task),
            Transport = ContainerContract.TransportOf(task),
        };
        FargateSession session = new(record, damaged?.Folder) { IsDamaged = damaged is not null };
        session.Update(task);
        return session;
    }

    /// <summary>Reads the public addresses from EC2 in one call. Failures are ignored.</summary>
    private async Task ReadAddressesAsync(IEnumerable<FargateSession> sessions, CancellationToken cancellationToken)
    {
        var byInterface = sessions
            .Where(session => session.Status == TaskStatuses.Running)
            .Where(session => session is { NetworkInterfaceId: not null, Record.AssignPublicIp: not false })
            .ToLookup(session => session.NetworkInterfaceId!);
        if (byInterface.Count == 0)
        {
            return;
        }

        try
        {
            var interfaces = await cloud
                .DescribeNetworkInterfacesAsync([.. byInterface.Select(group => group.Key)], cancellationToken);
            foreach (var networkInterface in interfaces)
            {
                foreach (var session in byInterface[networkInterface.Id])
                {
                    session.Update(networkInterface);
                }
            }
        }
        catch (FargateException)
        {
            // The sessions keep their private addresses.
        }
    }
}

/// <summary>A query for sessions of one connection.</summary>
/// <param name="Entries">The entries of the journal.</param>
internal sealed record SessionQuery(IReadOnlyList<SessionRecord> Entries)
{
    /// <summary>The clusters in which tasks without an entry are searched for as well.</summary>
    public IReadOnlyCollection<string> Clusters { get; init; } = [];

    /// <summary>
    /// A default cluster that the user did not specify: no error is reported where it is missing or access is denied.
    /// </summary>
    public string? UnnamedCluster { get; init; }

    /// <summary>The ids to search for; null for all.</summary>
    public IReadOnlyCollection<string>? Ids { get; init; }
}

/// <summary>The sessions that were found.</summary>
/// <param name="Sessions">The sessions. Their status is UNKNOWN where AWS could not be asked.</param>
/// <param name="Errors">The errors of asking AWS.</param>
internal sealed record FoundSessions(IReadOnlyList<FargateSession> Sessions, IReadOnlyList<FargateException> Errors);
