using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Routes;

/// <summary>Chooses the routes by which a session is tried.</summary>
/// <param name="cloud">The account and region of the session.</param>
internal sealed class RouteChoice(IFargateCloud cloud)
{
    /// <summary>The time that each route has before the next one is tried as well.</summary>
    private static readonly TimeSpan HeadStart = TimeSpan.FromSeconds(0.4);

    /// <summary>The pause between probes of the SSH port at the task's own address.</summary>
    public required TimeSpan ProbePause { get; init; }

    /// <summary>Returns the attempts for a route: one, or with Auto all that the task allows, the cheapest first.</summary>
    public IReadOnlyList<RouteAttempt> AttemptsFor(FargateSession session, FargateRoute route) => route switch
    {
        FargateRoute.InstanceConnect => [new InstanceConnectAttempt(session, cloud) { IsNamed = true }],
        FargateRoute.SessionManager => [new SessionManagerAttempt(session, cloud) { IsNamed = true }],
        // A jump host or a proxy is a route of its own, and through AWS the server sees another address than the user's.
        FargateRoute.Auto when session is { Proxy: null, Record.HasFromAddresses: false } => Cheapest(session,
        [
            new DirectAttempt(session, route) { ProbePause = ProbePause, IsOneOfSeveral = true },
            new InstanceConnectAttempt(session, cloud) { IsNamed = false, HeadStart = HeadStart },
            new SessionManagerAttempt(session, cloud) { IsNamed = false, HeadStart = 2 * HeadStart },
        ]),
        _ => [new DirectAttempt(session, route) { ProbePause = ProbePause }],
    };

    /// <summary>Moves the route that is open already before the others.</summary>
    private static RouteAttempt[] Cheapest(FargateSession session, RouteAttempt[] attempts) =>
    [
        .. attempts.OrderBy(attempt =>
            session.OpenRoute is { } open && (attempt as AwsRouteAttempt)?.Route == open.Route ? 0 : 1),
    ];
}
