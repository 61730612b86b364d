using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.SessionManager;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Routes;

/// <summary>An attempt to reach the server through AWS: by a port of this process, which is opened first.</summary>
/// <param name="session">The session.</param>
internal abstract class AwsRouteAttempt(FargateSession session) : RouteAttempt(session)
{
    private const int Unauthorized = 401;
    private const int Forbidden = 403;

    private PortProbe? _probe;
    private ILocalRoute? _local;

    public abstract FargateRoute Route { get; }

    /// <summary>Whether the user named it: then it is tried although it cannot lead to the task, which is the error.</summary>
    public required bool IsNamed { get; init; }

    public override string Outcome =>
        _local?.LastError?.Summary ?? _probe?.LastOutcome ?? "it was not tried";

    /// <summary>What the route needs beside a server that listens, for people: 'check that …'.</summary>
    protected abstract string Check { get; }

    /// <summary>The pause between probes, each of which is a connection through AWS.</summary>
    protected abstract TimeSpan ProbePause { get; }

    public override string Describe() => $"the SSH server through {Name}";

    public override FargateException? LateError(WaitOptions options, TimeSpan running, bool isFallbackOpen) =>
        running > (isFallbackOpen ? options.FallbackLimit : options.BannerLimit)
            ? RouteErrors.RouteUnanswered(Session, Name, running, Outcome, Check)
            : null;

    protected override async Task<OpenRoute> OpenAsync(CancellationToken cancellationToken)
    {
        _local = await LocalRoutes.OpenAsync(Session, Route, OpenLocalAsync, cancellationToken);
        OpenRoute open = new(Route, LocalRoutes.Address, _local.Port);
        if (Session.OpenRoute != open)
        {
            await ProbeAsync(open, _local, cancellationToken);
        }

        return open;
    }

    /// <summary>Waits until the server answers, or AWS says that it will let nobody through.</summary>
    private async Task ProbeAsync(OpenRoute open, ILocalRoute local, CancellationToken cancellationToken)
    {
        _probe = new PortProbe(open.Address, open.Port) { Pause = ProbePause, NeedsKey = HostProof.FinderFor(Session) };
        using var probing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var answer = ProbeAsync(_probe, probing.Token);
        while (await Task.WhenAny(answer, Task.Delay(ProbePause, cancellationToken)) != answer)
        {
            if (local.LastError is { } refused && (!local.IsOpen || refused.StatusCode is Unauthorized or Forbidden))
            {
                await probing.CancelAsync();
                throw refused;
            }

            cancellationToken.ThrowIfCancellationRequested();
        }

        await answer;
    }

    protected override Task CloseAsync() =>
        Opening is null || Session.OpenRoute?.Route == Route ? Task.CompletedTask : LocalRoutes.CloseAsync(Session, Route);

    /// <summary>Opens the port.</summary>
    protected abstract Task<ILocalRoute> OpenLocalAsync(CancellationToken cancellationToken);
}

/// <summary>The attempt to reach the server through an EC2 Instance Connect Endpoint of the task's VPC.</summary>
/// <param name="session">The session.</param>
/// <param name="cloud">The account and region of the session.</param>
internal sealed class InstanceConnectAttempt(FargateSession session, IFargateCloud cloud) : AwsRouteAttempt(session)
{
    public override FargateRoute Route => FargateRoute.InstanceConnect;

    public override string Name => "EC2 Instance Connect";

    public override bool IsPossible => IsNamed || HasPort;

    private bool HasPort => RouteRequest.IsPortOfInstanceConnect(Session.Port);

    protected override string Check =>
        $"the task's security group admits that of the endpoint on port {Session.Port}";

    protected override TimeSpan ProbePause => TimeSpan.FromSeconds(0.5);

    protected override bool CanBegin =>
        IsRunning && Session.NetworkInterfaceId is not null && Session.AddressFor(Route) is not null;

    protected override async Task<ILocalRoute> OpenLocalAsync(CancellationToken cancellationToken)
    {
        if (!HasPort)
        {
            throw RouteErrors.PortOfInstanceConnect(Session.Port);
        }

        var endpoint = await FindEndpointAsync(cancellationToken);
        var (address, port) = (Session.AddressFor(Route)!, Session.Port);
        return new InstanceConnectRoute(new InstanceConnectTunnel(
            token => cloud.InstanceConnect.SignTunnelAsync(endpoint, address, port, token)));
    }

    /// <summary>Finds the endpoint that was named, or one of the VPC: rather one in the task's own subnet.</summary>
    private async Task<InstanceConnectEndpoint> FindEndpointAsync(CancellationToken cancellationToken)
    {
        // The poll has asked already where the session has a public address.
        if (Session.VpcId is null
            && await cloud.DescribeNetworkInterfacesAsync([Session.NetworkInterfaceId!], cancellationToken) is [var own, ..])
        {
            Session.Update(own);
        }

        var vpc = Session.VpcId ?? throw RouteErrors.VpcUnknown(Session);
        var found = await cloud.InstanceConnect.FindEndpointsAsync(vpc, cancellationToken);
        var named = Session.InstanceConnectEndpoint;
        var wanted = found.Where(endpoint => named is null || endpoint.Id == named).ToList();
        return InstanceConnectEndpoint.BestOf(wanted, [Session.SubnetId])
            ?? throw RouteErrors.NoInstanceConnectEndpoint(
                $"session {Session}", vpc, named, [.. wanted.Select(endpoint => endpoint.ToString())]);
    }
}

/// <summary>The attempt to reach the server through a port session of Systems Manager to the agent in the container.</summary>
/// <param name="session">The session.</param>
/// <param name="cloud">The account and region of the session.</param>
internal sealed class SessionManagerAttempt(FargateSession session, IFargateCloud cloud) : AwsRouteAttempt(session)
{
    private ContainerDescription? _container;
    private string? _target;

    public override FargateRoute Route => FargateRoute.SessionManager;

    public override string Name => "Session Manager";

    public override bool IsPossible => IsNamed || Session.HasEcsExec;

    protected override string Check => "the agent of ECS Exec runs in the container (Test-FargateLogin -Route SessionManager)";

    protected override TimeSpan ProbePause => TimeSpan.FromSeconds(0.1);

    protected override bool CanBegin => IsRunning && (!Session.HasEcsExec || (HasAgent && _target is not null));

    private bool HasAgent => _container?.ExecuteCommandAgent is { IsRunning: true };

    public override string Describe() => HasAgent ? base.Describe() : "the agent of Session Manager";

    public override void Observe(TaskDescription task)
    {
        _container = EcsExecWait.LoginContainerOf(Session, task);
        _target = _container?.RuntimeId is { } runtimeId ? SessionManagerRoute.TargetOf(task.ClusterArn, task.TaskArn, runtimeId) : null;
    }

    public override FargateException? LateError(WaitOptions options, TimeSpan running, bool isFallbackOpen) =>
        HasAgent ? base.LateError(options, running, isFallbackOpen)
        : running > options.AgentLimit ? RouteErrors.AgentNotRunning(Session, options.AgentLimit, _container?.ExecuteCommandAgent)
        : null;

    protected override async Task<ILocalRoute> OpenLocalAsync(CancellationToken cancellationToken)
    {
        if (!Session.HasEcsExec)
        {
            throw RouteErrors.EcsExecNotEnabled(Session);
        }

        return await SessionManagerRoute.OpenAsync(cloud.SessionManager, Session, _target!, cancellationToken);
    }
}
