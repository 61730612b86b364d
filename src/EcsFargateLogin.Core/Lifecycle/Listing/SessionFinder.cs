using EcsFargateLogin.Cloud;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Model;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Lifecycle.Listing;

/// <summary>
/// Finds the sessions of one connection: what the journal remembers joined with what ECS knows. Entries whose task is
/// known to have ended are closed, and those whose RunTask was never answered are completed.
/// </summary>
internal sealed class SessionFinder(IFargateCloud cloud, SessionJournal journal)
{
    /// <summary>Looks in all clusters at once.</summary>
    public async Task<FoundSessions> FindAsync(SessionQuery query, CancellationToken cancellationToken)
    {
        var clusters = query.Clusters.Union(query.Entries.Select(entry => entry.Cluster));
        var found = await Task.WhenAll(clusters.Select(cluster => FindInAsync(cluster, query, cancellationToken)));
        FargateSession[] sessions = [.. found.SelectMany(part => part.Sessions)];
        await LookAtAddressesAsync(sessions, cancellationToken);
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
            var (sessions, met) = await JoinAsync(cluster, entries, reply.Tasks, query, cancellationToken);
            var untold = await CloseOverAsync(entries.Where(entry => !met.Contains(entry.SessionId)), cancellationToken);
            return new FoundSessions([.. sessions, .. untold], []);
        }
        catch (FargateException e)
        {
            var isUnexpected = cluster != query.UnnamedCluster || entries.Length > 0
                || e.Error is not (FargateError.ClusterNotFound or FargateError.AccessDenied);
            return new FoundSessions([.. entries.Select(entry => UnknownOf(journal, entry))], isUnexpected ? [e] : []);
        }
    }

    /// <summary>The tasks that may be sessions, besides those whose ARNs the journal knows.</summary>
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

    /// <summary>Takes each task together with the entry that remembers it.</summary>
    /// <returns>The sessions that go on, and the ids of all entries that ECS has told of.</returns>
    private async Task<(List<FargateSession> Sessions, HashSet<string> Met)> JoinAsync(
        string cluster,
        SessionRecord[] entries,
        IReadOnlyList<TaskDescription> tasks,
        SessionQuery query,
        CancellationToken cancellationToken)
    {
        List<FargateSession> sessions = [];
        HashSet<string> met = [];
        foreach (var task in tasks)
        {
            var entry = Array.Find(entries, entry => entry.TaskArn == task.TaskArn) ?? EntryByStartedBy(task);
            if (task.LastStatus == TaskStatuses.Stopped)
            {
                // A stopped task says nothing of a session that is being given another one.
                if (entry is not null && entry.TaskArn == task.TaskArn)
                {
                    met.Add(entry.SessionId);
                    if (MayStartAgain(entry, task) || !await IsOverAsync(entry, cancellationToken))
                    {
                        sessions.Add(SessionOf(entry, task));
                    }
                }
            }
            else if (entry is not null)
            {
                met.Add(entry.SessionId);
                sessions.Add(SessionOf(Complete(entry, task), task));
            }
            else if (SessionIds.IsValid(task.StartedBy) && query.Ids?.Contains(task.StartedBy!) != false)
            {
                sessions.Add(SessionOf(cluster, task));
            }
        }

        return (sessions, met);
    }

    /// <summary>Closes those entries, of which ECS has told nothing, that are over.</summary>
    /// <returns>The sessions of the others.</returns>
    private async Task<List<FargateSession>> CloseOverAsync(
        IEnumerable<SessionRecord> entries, CancellationToken cancellationToken)
    {
        List<FargateSession> sessions = [];
        foreach (var entry in entries)
        {
            if (!await HasEndedAsync(entry, cancellationToken)
                || !await IsOverAsync(entry, cancellationToken))
            {
                sessions.Add(UnknownOf(journal, entry));
            }
        }

        return sessions;
    }

    private SessionRecord? EntryByStartedBy(TaskDescription task) => task.StartedBy is { } sessionId ? journal.Find(sessionId) : null;

    /// <summary>The entry with the task that an unanswered RunTask has started after all.</summary>
    private SessionRecord Complete(SessionRecord entry, TaskDescription task)
    {
        if (entry.TaskArn is null)
        {
            journal.NoteTask(entry.SessionId, task.TaskArn);
        }

        return entry with { TaskArn = task.TaskArn };
    }

    /// <summary>
    /// Whether a session that ECS tells nothing of is over. Where its account is not known, its task may be one of another
    /// account than these credentials', and only the user can say that it is over.
    /// </summary>
    private async Task<bool> HasEndedAsync(SessionRecord entry, CancellationToken cancellationToken)
    {
        var limit = entry.TaskArn is null ? SessionCloser.UnansweredLimit : SessionCloser.NewTaskLimit;
        return DateTimeOffset.UtcNow - entry.CreatedAt > limit
            && journal.SessionOf(entry).Account is { } account
            && await AskedAccount.IsAsync(account, cloud, entry.Cluster, cancellationToken);
    }

    /// <summary>
    /// Whether a session whose task has stopped may be given another one, because there was no room for that one. The process
    /// that uses the session may be about to, and closes it where it is not.
    /// </summary>
    private bool MayStartAgain(SessionRecord entry, TaskDescription task) =>
        PassingCauses.Include(task) && journal.IsInUse(entry.SessionId);

    /// <summary>
    /// Closes an entry whose task has ended. While a rule still lets its session's machine in it is not over: whoever uses the
    /// session removes the rule, and where nobody does, this does.
    /// </summary>
    /// <returns>False when the rule is still there.</returns>
    private async Task<bool> IsOverAsync(SessionRecord entry, CancellationToken cancellationToken)
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
            // On a read-only disk it stays, and is closed the next time.
        }

        return true;
    }

    /// <summary>The session of an entry that nothing is known of but what the journal says.</summary>
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

    /// <summary>Asks EC2 once for the public addresses. They are good to have, and no more than that.</summary>
    private async Task LookAtAddressesAsync(IEnumerable<FargateSession> sessions, CancellationToken cancellationToken)
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
            // The private addresses are there without EC2.
        }
    }
}
