using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Routes;

/// <summary>An attempt to reach a session's SSH server by one route.</summary>
/// <param name="session">The session.</param>
internal abstract class RouteAttempt(FargateSession session) : IAsyncDisposable
{
    private CancellationTokenSource? _opening;
    private FargateException? _rejection;

    /// <summary>The time that a cheaper route has before this one is tried, from when this one could be.</summary>
    public TimeSpan HeadStart { get; init; }

    /// <summary>The name of the route, for people.</summary>
    public abstract string Name { get; }

    /// <summary>Whether the route may lead to the task, as far as its facts tell.</summary>
    public virtual bool IsPossible => true;

    /// <summary>Completes when the server has answered; null while the attempt could not begin.</summary>
    public Task<OpenRoute>? Opening { get; private set; }

    /// <summary>The route, once the server has answered on it.</summary>
    public OpenRoute? Opened => _rejection is null && Opening is { IsCompletedSuccessfully: true } ? Opening.Result : null;

    /// <summary>The answer of the server that was probed; null where it was not, because it has answered before.</summary>
    public ServerAnswer? Answer { get; private set; }

    /// <summary>Whether the server has proven that it is the session's own.</summary>
    public bool IsProven { get; private set; }

    /// <summary>The error by which it will never answer; null while it may.</summary>
    public FargateException? Failure => _rejection ?? Opening?.Exception?.InnerException as FargateException;

    /// <summary>Whether the session uses it. What was opened for another is closed.</summary>
    public bool IsChosen { get; set; }

    /// <summary>The outcome so far, in a few words.</summary>
    public abstract string Outcome { get; }

    protected FargateSession Session => session;

    protected bool IsRunning => session.Status == TaskStatuses.Running;

    /// <summary>Whether everything that it needs is known.</summary>
    protected abstract bool CanBegin { get; }

    /// <summary>Describes what is waited for, in a few words.</summary>
    public abstract string Describe();

    /// <summary>Updates it from ECS's description of the task.</summary>
    public virtual void Observe(TaskDescription task)
    {
    }

    /// <summary>Returns the error when the server should have answered by now; null before.</summary>
    /// <param name="options">The time limits.</param>
    /// <param name="running">The time since the task was running.</param>
    /// <param name="isFallbackOpen">Whether the fallback transport is open.</param>
    public abstract FargateException? LateError(WaitOptions options, TimeSpan running, bool isFallbackOpen);

    /// <summary>Begins, if it can and has not yet.</summary>
    public void BeginIfPossible(CancellationToken cancellationToken)
    {
        if (Opening is null && IsPossible && CanBegin)
        {
            _opening = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Opening = BeginAsync(_opening.Token);
        }
    }

    /// <summary>Gives it up, because it leads to another server.</summary>
    public void Reject(FargateException error) => _rejection = error;

    /// <summary>Cancels it, without waiting for its end.</summary>
    public void Cancel() => _opening?.Cancel();

    /// <summary>Ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        Cancel();
        await ((Task?)Opening ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _opening?.Dispose();
        if (!IsChosen)
        {
            await CloseAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Waits until the session's own server answers, as far as that can be told yet.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.HostKeyMismatch"/>: it is another one.</exception>
    protected async Task ProbeAsync(IServerProbe probe, CancellationToken cancellationToken)
    {
        var answer = await probe.WaitAsync(cancellationToken);
        IsProven = HostProof.ProvenKey(session, answer) is not null;
        Answer = answer;
    }

    /// <summary>Waits until the server answers.</summary>
    protected abstract Task<OpenRoute> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Closes what was opened for a route that is not used.</summary>
    protected virtual Task CloseAsync() => Task.CompletedTask;

    private async Task<OpenRoute> BeginAsync(CancellationToken cancellationToken)
    {
        if (HeadStart > TimeSpan.Zero)
        {
            await Task.Delay(HeadStart, cancellationToken);
        }

        return await OpenAsync(cancellationToken);
    }
}

/// <summary>The attempt to reach the server at the task's own address, or through a proxy.</summary>
/// <param name="session">The session.</param>
/// <param name="route">Auto, Public or Private.</param>
internal sealed class DirectAttempt(FargateSession session, FargateRoute route) : RouteAttempt(session)
{
    private IServerProbe? _probe;

    /// <summary>The pause between probes.</summary>
    public required TimeSpan ProbePause { get; init; }

    /// <summary>Whether other routes are tried at the same time.</summary>
    public bool IsOneOfSeveral { get; init; }

    /// <summary>Whether it needs the public address.</summary>
    public bool NeedsPublicAddress => Session.Record.AssignPublicIp == true && route != FargateRoute.Private;

    public override string Name => Session.Proxy?.Name ?? (IsPrivate ? "its private address" : "its public address");

    public override string Outcome => _probe?.LastOutcome ?? "it was not tried";

    /// <summary>A proxy is only used after the task runs; each attempt logs in to a jump host.</summary>
    protected override bool CanBegin => Address is not null && (Session.Proxy is null || IsRunning);

    private string? Address => Session.AddressFor(route);

    /// <summary>Whether it leads to a private address, which another machine in the user's own network may have too.</summary>
    public bool IsPrivate => route == FargateRoute.Private || (Address is { } address && address == Session.PrivateAddress);

    public override string Describe() => Address is { } address ? $"the SSH server at {address}:{Session.Port}" : "its address";

    public override FargateException? LateError(WaitOptions options, TimeSpan running, bool isFallbackOpen)
    {
        if (Address is { } address)
        {
            return running > (isFallbackOpen ? options.FallbackLimit : options.BannerLimit)
                ? RouteErrors.PortUnreachable(Session, address, running, Outcome)
                : null;
        }

        var limit = isFallbackOpen ? options.FallbackLimit : options.PublicAddressLimit;
        return running <= limit ? null
            : NeedsPublicAddress ? RouteErrors.NoPublicAddress(Session, limit)
            : RouteErrors.NoAddress(Session);
    }

    protected override async Task<OpenRoute> OpenAsync(CancellationToken cancellationToken)
    {
        OpenRoute open = new(IsPrivate ? FargateRoute.Private : FargateRoute.Public, Address!, Session.Port);
        // OpenSSH 9.8 and later may treat many unauthenticated connections as an attack, so a server that has answered is not
        // probed again; ssh itself finds out whether it still answers.
        if (Session.OpenRoute != open)
        {
            _probe = CreateProbe(open.Address);
            await ProbeAsync(_probe, cancellationToken);
        }

        return open;
    }

    private IServerProbe CreateProbe(string address) => Session.Proxy is { } proxy
        ? new ProxyProbe(proxy, address, Session.Port)
        {
            NeedsKey = HostProof.FinderFor(Session),
            KeyFile = HostProof.ProbeFileFor(Session),
        }
        : new PortProbe(address, Session.Port)
        {
            Pause = ProbePause,
            NeedsKey = HostProof.FinderFor(Session),
            WantsKey = IsPrivate && IsOneOfSeveral,
        };
}
