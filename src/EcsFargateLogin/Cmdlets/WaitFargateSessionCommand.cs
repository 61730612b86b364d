using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Waits until sessions are ready, all of a pipeline together, and returns each as soon as its SSH server answers. Those that
/// it does not return are stopped when they were started in the same pipeline, and go on when the caller holds them.
/// </summary>
[Cmdlet(VerbsLifecycle.Wait, "FargateSession", DefaultParameterSetName = SessionSet,
    HelpUri = HelpPages.Folder + "Wait-FargateSession.md")]
[OutputType(typeof(FargateSession))]
public sealed class WaitFargateSessionCommand : TaskCmdlet
{
    private readonly Dictionary<FargateSession, IFargateCloud> _pending = [];
    private readonly List<(FargateSession Session, Task Closing)> _closing = [];
    private readonly CancellationTokenSource _enough = new();
    private RouteRequest? _route;

    /// <summary>
    /// The time to wait, in seconds, 1 to 86400. Without it each session's own limits apply: its -StartTimeout, and a minute for
    /// its SSH server.
    /// </summary>
    [Parameter(HelpMessage = "The time to wait, in seconds, 1 to 86400.")]
    [ValidateRange(1, 86400)]
    public int Timeout { get; set; }

    /// <summary>Returns the first session that is ready.</summary>
    [Parameter(HelpMessage = "Returns the first session that is ready.")]
    public SwitchParameter Any { get; set; }

    /// <summary>
    /// The route by which ssh reaches the container: Public and Private connect to the task's address; InstanceConnect goes through
    /// an EC2 Instance Connect Endpoint of its VPC; SessionManager goes through the agent in a task that enables ECS Exec. Neither
    /// of the last two needs a public address, or a rule for your address. Auto tries all that the task allows, and uses the first
    /// that answers. Without it the route that the session was started with is used.
    /// </summary>
    [Parameter(HelpMessage = "The route of ssh: Auto, Public, Private, InstanceConnect or SessionManager.")]
    public FargateRoute? Route { get; set; }

    /// <summary>
    /// The id of the EC2 Instance Connect Endpoint to use, eice-…. Without it one of the task's VPC, rather one in its own subnet.
    /// </summary>
    [Parameter(HelpMessage = "The id of the EC2 Instance Connect Endpoint to use.")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceConnectEndpointCompleter))]
    public string? InstanceConnectEndpoint { get; set; }

    /// <summary>
    /// The host, as [user@]host[:port], through which the task is reached, for private subnets. Your own ssh configuration, keys
    /// and agent apply to it alone; it has to accept your login without a prompt. Without it the route that the session was
    /// started with is used.
    /// </summary>
    [Parameter(HelpMessage = "The host through which the task is reached, as [user@]host[:port].")]
    [ValidateNotNullOrEmpty]
    public string? JumpHost { get; set; }

    /// <summary>
    /// The command through which ssh connects to the task's server, as its option ProxyCommand, with %h and %p for address and
    /// port. Cannot go with -JumpHost.
    /// </summary>
    [Parameter(HelpMessage = "The command through which ssh connects, as its ProxyCommand, with %h and %p.")]
    [ValidateNotNullOrEmpty]
    public string? ProxyCommand { get; set; }

    /// <summary>Finds ssh where it is needed, and checks how the task is to be reached.</summary>
    protected override void BeginProcessing() =>
        Guard(null, () => _route = RouteRequest.Of(
            Route, InstanceConnectEndpoint, SshProxy.FromParameters(JumpHost, ProxyCommand, FindProgram)));

    /// <summary>Collects this record's sessions.</summary>
    protected override void ProcessRecord() => Guard(null, () =>
    {
        Array.ForEach(Session, session => Owned.TryOwn(session, "it was not waited for to the end"));
        foreach (var (session, cloud) in Targets())
        {
            if (session.IsClosed)
            {
                Report(SessionErrors.SessionEnded(session), session);
            }
            else
            {
                _route?.ApplyTo(session);
                ClaimSession(session);
                _pending.TryAdd(session, cloud);
            }
        }
    });

    /// <summary>Waits for all sessions.</summary>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        Guard(null, () =>
        {
            try
            {
                Await(WaitAsync);
                EndPending();
            }
            finally
            {
                CleanUpAll(_closing);
            }
        });
    }

    private protected override void Show(SessionEvent happened)
    {
        base.Show(happened);
        switch (happened)
        {
            case SessionReady ready when !_enough.IsCancellationRequested:
                if (Any)
                {
                    _enough.Cancel();
                }

                CompleteProgress();
                _pending.Remove(ready.Session);
                Owned.Write(this, ready.Session);
                break;
            case SessionFailed failed:
                Fail(failed);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _enough.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task WaitAsync(IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _enough.Token);
        if (Timeout > 0)
        {
            limit.CancelAfter(TimeSpan.FromSeconds(Timeout));
        }

        var waits = _pending.ToLookup(pair => pair.Value, pair => pair.Key).Select(byCloud => WaiterFor(byCloud.Key)
            .WaitAsync([.. byCloud], new Readiness(CanBeEntered: true), progress, limit.Token));
        try
        {
            await Task.WhenAll(waits);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time to wait is over, or one session is enough.
        }
    }

    private void Fail(SessionFailed failed)
    {
        if (_pending.Remove(failed.Session, out var cloud))
        {
            End(failed.Session, cloud, "it did not become ready");
        }

        Report(failed.Error, failed.Session);
    }

    /// <summary>Stops a session of the pipeline, and one of this machine that has ended or that others may intercept.</summary>
    private void End(FargateSession session, IFargateCloud cloud, string reason)
    {
        OwnedSessions.EndWithPipeline(session);
        if (Owned.MustClose(session))
        {
            Owned.Release(session);
            _closing.Add((session, BeginClosing(cloud, session, reason)));
        }
    }

    /// <summary>Ends the sessions that are not returned, because they are late or another one was ready first.</summary>
    private void EndPending()
    {
        foreach (var (session, cloud) in _pending)
        {
            End(session, cloud, _enough.IsCancellationRequested ? "another session was ready first" : "it was not ready in time");
        }

        if (!_enough.IsCancellationRequested)
        {
            foreach (var session in _pending.Keys)
            {
                var limit = TimeSpan.FromSeconds(Timeout);
                Report(
                    session is { IsOwn: false, Status: TaskStatuses.Unknown }
                        ? SessionErrors.TaskMissing(session, limit)
                        : SessionErrors.WaitTimeout(session, limit, OwnedSessions.IsOwned(session)),
                    session);
            }
        }
    }
}
