using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Routes;

/// <summary>The route that a command's parameters ask for; what is null keeps that of the session.</summary>
internal sealed record RouteRequest
{
    public FargateRoute? Route { get; private init; }

    /// <summary>A jump host or another proxy, which is a route of its own.</summary>
    public SshProxy? Proxy { get; private init; }

    /// <summary>The id of the EC2 Instance Connect Endpoint to use.</summary>
    public string? InstanceConnectEndpoint { get; private init; }

    /// <summary>Checks the parameters.</summary>
    /// <param name="route">The value of -Route.</param>
    /// <param name="endpoint">The value of -InstanceConnectEndpoint.</param>
    /// <param name="proxy">The proxy of -JumpHost or -ProxyCommand.</param>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidRoute"/>.</exception>
    public static RouteRequest Of(FargateRoute? route, string? endpoint, SshProxy? proxy)
    {
        if (proxy is not null && route is FargateRoute.InstanceConnect or FargateRoute.SessionManager)
        {
            throw RouteErrors.RouteWithProxy(route!.Value, proxy.Name);
        }

        if (endpoint is not null && (proxy is not null || route is not (null or FargateRoute.Auto or FargateRoute.InstanceConnect)))
        {
            throw RouteErrors.EndpointWithoutRoute(endpoint);
        }

        return new RouteRequest { Route = route, Proxy = proxy, InstanceConnectEndpoint = endpoint };
    }

    /// <summary>Makes a session use the route, and the same route later.</summary>
    public void ApplyTo(FargateSession session)
    {
        if (Proxy is not null)
        {
            // Through a proxy, ssh connects to the task's own address.
            session.WantedRoute = Route
                ?? (session.WantedRoute is FargateRoute.Public or FargateRoute.Private ? session.WantedRoute : FargateRoute.Auto);
            session.Proxy = Proxy;
        }
        else if (Route is { } route)
        {
            session.WantedRoute = route;
            session.Proxy = route is FargateRoute.InstanceConnect or FargateRoute.SessionManager ? null : session.Proxy;
        }

        session.InstanceConnectEndpoint = InstanceConnectEndpoint ?? session.InstanceConnectEndpoint;
    }

    /// <summary>Checks that a session can be reached by its route, before it is started.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidRoute"/>.</exception>
    public static void Check(SessionRequest request)
    {
        if (request is { Route: FargateRoute.Public, AssignPublicIp: false })
        {
            throw RouteErrors.PublicWithoutAddress();
        }

        if (request.Route == FargateRoute.InstanceConnect && !IsPortOfInstanceConnect(request.Port))
        {
            throw RouteErrors.PortOfInstanceConnect(request.Port);
        }
    }

    /// <summary>Whether EC2 Instance Connect leads to a port.</summary>
    public static bool IsPortOfInstanceConnect(int port) => port is 22 or 3389;

    /// <summary>
    /// Whether a session's task is to be started with ECS Exec enabled, which Session Manager needs and which cannot be switched on
    /// later: where that route is asked for, and with Auto where the task gets no public address and its agent can run.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="hasTaskRole">Whether the task has a role, without which ECS refuses to enable ECS Exec.</param>
    /// <param name="isReadOnly">Whether the container's root file system is read-only, with which the agent does not run.</param>
    public static bool NeedsAgent(SessionRequest request, bool hasTaskRole, bool isReadOnly) => request.Route switch
    {
        FargateRoute.SessionManager => true,
        FargateRoute.Auto => request is { AssignPublicIp: false, Proxy: null, FromAddresses.Count: 0 } && hasTaskRole && !isReadOnly,
        _ => false,
    };
}
