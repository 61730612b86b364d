namespace EcsFargateLogin.Routes;

/// <summary>
/// The ports of this process that lead to tasks through AWS: one for each task and route, for everything that this process does
/// there. The agent in a container accepts few sessions at once, so they are shared. Each lives until its session is closed, which
/// another process may do, or until the module or this PowerShell ends.
/// </summary>
internal static class LocalRoutes
{
    /// <summary>The address that they listen on.</summary>
    public const string Address = "127.0.0.1";

    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(5);

    private static readonly object _gate = new();
    private static readonly Dictionary<(string TaskArn, FargateRoute Route), Entry> _routes = [];

    /// <summary>Finds the routes of sessions that another process has closed; null while there are none.</summary>
    private static Timer? _watch;

    static LocalRoutes() => AppDomain.CurrentDomain.ProcessExit += (_, _) => CloseAllAsync().GetAwaiter().GetResult();

    /// <summary>Returns a route that is open, or opens it.</summary>
    /// <param name="session">The session.</param>
    /// <param name="route">The route.</param>
    /// <param name="open">Opens it.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="FargateException">It cannot be opened.</exception>
    public static async Task<ILocalRoute> OpenAsync(
        FargateSession session,
        FargateRoute route,
        Func<CancellationToken, Task<ILocalRoute>> open,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            var opening = GetOrBegin(session, route, open, cancellationToken);
            try
            {
                return await opening.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The command that began to open it was cancelled; this one was not.
            }
        }
    }

    /// <summary>
    /// Returns why ssh has lost the route through AWS that it used, of which it sees only that the connection was closed; null for
    /// another route, or where nothing is wrong with it.
    /// </summary>
    public static FargateException? FaultOf(FargateSession session)
    {
        lock (_gate)
        {
            // Of a session of Systems Manager that goes on, an error may be that of an earlier connection.
            return session.OpenRoute is { IsLocal: true } open
                && _routes.GetValueOrDefault((session.TaskArn, open.Route))?.Opening is { IsCompletedSuccessfully: true, Result: var route }
                && (!route.IsOpen || open.Route == FargateRoute.InstanceConnect)
                    ? route.LastError
                    : null;
        }
    }

    /// <summary>Closes the routes to a session's task. Never throws.</summary>
    public static Task CloseAsync(FargateSession session) => CloseAsync((key, _) => key.TaskArn == session.TaskArn);

    /// <summary>Closes one route to a session's task. Never throws.</summary>
    public static Task CloseAsync(FargateSession session, FargateRoute route) =>
        CloseAsync((key, _) => key == (session.TaskArn, route));

    /// <summary>Closes all routes. Never throws.</summary>
    public static Task CloseAllAsync() => CloseAsync((_, _) => true);

    private static Task<ILocalRoute> GetOrBegin(
        FargateSession session, FargateRoute route, Func<CancellationToken, Task<ILocalRoute>> open, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var key = (session.TaskArn, route);
            if (_routes.TryGetValue(key, out var found)
                && (!found.Opening.IsCompleted || found.Opening is { IsCompletedSuccessfully: true, Result.IsOpen: true }))
            {
                return found.Opening;
            }

            // What is left of one that has ended by itself or has not opened.
            _ = found is null ? Task.CompletedTask : CloseAsync([found.Opening]);
            // Also where it is cancelled while it begins, it ends as a task that is known here.
            var opening = Task.Run(() => open(cancellationToken), CancellationToken.None);
            _routes[key] = new Entry(opening, session.Folder);
            _watch ??= new Timer(_ => CloseAsync((_, entry) => entry.IsForgotten), null, WatchInterval, WatchInterval);
            return opening;
        }
    }

    private static Task CloseAsync(Func<(string TaskArn, FargateRoute Route), Entry, bool> isWanted)
    {
        List<Task<ILocalRoute>> closing = [];
        lock (_gate)
        {
            foreach (var (key, entry) in _routes.Where(pair => isWanted(pair.Key, pair.Value)).ToList())
            {
                _routes.Remove(key);
                closing.Add(entry.Opening);
            }

            if (_routes.Count == 0)
            {
                _watch?.Dispose();
                _watch = null;
            }
        }

        return CloseAsync(closing);
    }

    private static async Task CloseAsync(IEnumerable<Task<ILocalRoute>> routes)
    {
        static async Task Close(Task<ILocalRoute> opening) => await (await opening).DisposeAsync();

        await Task.WhenAll(routes.Select(Close)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>A route.</summary>
    /// <param name="Opening">It, once it is open.</param>
    /// <param name="Folder">The folder of its session; null for a task that is no session of this machine.</param>
    private sealed record Entry(Task<ILocalRoute> Opening, string? Folder)
    {
        /// <summary>
        /// Whether its session was closed, which AWS does not tell who holds a port of Instance Connect. Connections that are open
        /// may be those of a task that still runs.
        /// </summary>
        public bool IsForgotten =>
            Folder is not null && !Directory.Exists(Folder) && Opening is { IsCompletedSuccessfully: true, Result.ConnectionCount: 0 };
    }
}
