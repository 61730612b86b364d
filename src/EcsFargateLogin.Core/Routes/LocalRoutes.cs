namespace EcsFargateLogin.Routes;

/// <summary>
/// The ports of this process that lead to tasks through AWS: one for each task and route, for everything that this process does
/// there. The agent in a container accepts few sessions at once, so they are shared. Each lives until its session is closed, until
/// nobody has used it for a while, or until the module or this PowerShell ends.
/// </summary>
internal static class LocalRoutes
{
    /// <summary>The address that they listen on.</summary>
    public const string Address = "127.0.0.1";

    private static readonly object _gate = new();
    private static readonly Dictionary<(string TaskArn, FargateRoute Route), Task<ILocalRoute>> _routes = [];

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
            var opening = GetOrBegin((session.TaskArn, route), open, cancellationToken);
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
                && _routes.GetValueOrDefault((session.TaskArn, open.Route)) is { IsCompletedSuccessfully: true, Result: var route }
                && (!route.IsOpen || open.Route == FargateRoute.InstanceConnect)
                    ? route.LastError
                    : null;
        }
    }

    /// <summary>Closes the routes to a session's task. Never throws.</summary>
    public static Task CloseAsync(FargateSession session) => CloseAsync(key => key.TaskArn == session.TaskArn);

    /// <summary>Closes one route to a session's task. Never throws.</summary>
    public static Task CloseAsync(FargateSession session, FargateRoute route) => CloseAsync(key => key == (session.TaskArn, route));

    /// <summary>Closes all routes. Never throws.</summary>
    public static Task CloseAllAsync() => CloseAsync(_ => true);

    private static Task<ILocalRoute> GetOrBegin(
        (string, FargateRoute) key, Func<CancellationToken, Task<ILocalRoute>> open, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_routes.TryGetValue(key, out var found)
                && (!found.IsCompleted || found is { IsCompletedSuccessfully: true, Result.IsOpen: true }))
            {
                return found;
            }

            // Also where it is cancelled while it begins, it ends as a task that is known here.
            return _routes[key] = Task.Run(() => open(cancellationToken), CancellationToken.None);
        }
    }

    private static async Task CloseAsync(Func<(string TaskArn, FargateRoute Route), bool> isWanted)
    {
        List<Task<ILocalRoute>> closing = [];
        lock (_gate)
        {
            foreach (var key in _routes.Keys.Where(isWanted).ToList())
            {
                _routes.Remove(key, out var route);
                closing.Add(route!);
            }
        }

        await Task.WhenAll(closing.Select(CloseAsync)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task CloseAsync(Task<ILocalRoute> route) => await (await route).DisposeAsync();
}
