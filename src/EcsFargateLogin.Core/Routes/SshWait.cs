using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Routes;

/// <summary>The way in by ssh: open when the SSH server has answered and its host key was verified.</summary>
/// <param name="session">The session.</param>
/// <param name="options">How long to wait.</param>
/// <param name="requiresPublicAddress">Whether its address has to be the public one.</param>
internal sealed class SshWait(FargateSession session, WaitOptions options, bool requiresPublicAddress) : TransportWait
{
    private IServerProbe? _probe;
    private CancellationTokenSource? _probing;
    private Task? _answer;
    private Task? _verification;

    /// <summary>Between knocks at the SSH port.</summary>
    public required TimeSpan ProbePause { get; init; }

    /// <summary>Whether the SSH server has answered.</summary>
    public bool HasAnswered => _answer is { IsCompletedSuccessfully: true };

    public override FargateTransport Transport => FargateTransport.Ssh;

    public override bool NeedsAddress => true;

    public override bool IsOpen => HasAnswered && _verification is { IsCompletedSuccessfully: true };

    public override IEnumerable<Task> PendingTasks =>
        new[] { _answer, _verification }.OfType<Task>().Where(task => !task.IsCompleted);

    public override string Describe(string? address) =>
        address is null ? "its address"
        : HasAnswered ? "its host key in the log"
        : $"the SSH server at {address}:{session.Port}";

    /// <summary>
    /// Starts to knock as soon as there is an address: the server may answer before ECS's next answer says that the
    /// task runs. A jump host is not bothered before that. The host key is verified at the same time.
    /// </summary>
    /// <inheritdoc/>
    public override void Begin(string address, Func<Task, CancellationToken, Task> verify, CancellationToken cancellationToken)
    {
        if (_answer is not null || (session.Proxy is not null && session.Status != TaskStatuses.Running))
        {
            return;
        }

        _probe = session.Proxy is { } proxy
            ? new ProxyProbe(proxy, address, session.Port)
            : new BannerProbe(address, session.Port) { Pause = ProbePause };
        _probing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // A server may take many connections that nobody authenticates for an attack (OpenSSH 9.8 and later). Whether one that
        // has answered still does, ssh itself finds out.
        _answer = session.AnsweredAddress == address ? Task.CompletedTask : _probe.WaitAsync(_probing.Token);
        // The log's client is made on its first use; nothing else is to wait for that.
        var (answer, probing) = (_answer, _probing.Token);
        _verification = Task.Run(() => verify(answer, probing), probing);
    }

    public override void Cancel() => _probing?.Cancel();

    public override void ThrowIfFailed()
    {
        // What was cancelled had to give way to something else.
        foreach (var task in new[] { _answer, _verification })
        {
            if (task is { IsFaulted: true })
            {
                task.GetAwaiter().GetResult();
            }
        }
    }

    public override void ThrowIfLate(string? address, TimeSpan running, bool isFallbackOpen)
    {
        if (address is null)
        {
            var limit = isFallbackOpen ? options.FallbackLimit : options.PublicAddressLimit;
            if (running > limit)
            {
                throw requiresPublicAddress ? RouteErrors.NoPublicAddress(session, limit) : RouteErrors.NoAddress(session);
            }
        }
        else if (!HasAnswered && running > (isFallbackOpen ? options.FallbackLimit : options.BannerLimit))
        {
            throw RouteErrors.PortUnreachable(session, address, running, _probe?.LastOutcome ?? "it was not tried");
        }
    }

    public override async ValueTask DisposeAsync()
    {
        Cancel();
        Task[] work = [_answer ?? Task.CompletedTask, _verification ?? Task.CompletedTask];
        await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _probing?.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
