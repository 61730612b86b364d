using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Routes;

/// <summary>
/// The wait for ssh, which is open when the SSH server has answered on one of the session's routes and its host key was verified.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="options">The intervals and time limits.</param>
/// <param name="attempts">The routes, the cheapest first; disposed of with the wait.</param>
internal sealed class SshWait(FargateSession session, WaitOptions options, IReadOnlyList<RouteAttempt> attempts) : TransportWait
{
    private readonly TaskCompletionSource<ServerAnswer?> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _trying;
    private RouteAttempt? _chosen;
    private Task? _verification;

    /// <summary>Whether the verification had succeeded when the routes were last checked.</summary>
    private bool _isVerified;

    /// <summary>Whether the SSH server has answered.</summary>
    public bool HasAnswered => _chosen is not null;

    /// <summary>The name of the route on which it has answered, for people; null while it has not.</summary>
    public string? RouteName => _chosen?.Name;

    /// <summary>The route on which it has answered; null while it has not.</summary>
    public OpenRoute? OpenRoute => _chosen?.Opened;

    public override FargateTransport Transport => FargateTransport.Ssh;

    public override bool NeedsAddress => attempts.Any(attempt => attempt is DirectAttempt);

    public override bool NeedsPublicAddress => attempts is [DirectAttempt { NeedsPublicAddress: true }, ..];

    public override bool IsOpen => HasAnswered && _isVerified;

    public override IEnumerable<Task> PendingTasks => attempts.Select(attempt => attempt.Opening)
        .Append(_verification).OfType<Task>().Where(task => !task.IsCompleted);

    /// <summary>The attempts that can still succeed, or else all of them.</summary>
    private IReadOnlyList<RouteAttempt> Possible =>
        attempts.Where(attempt => attempt is { IsPossible: true, Failure: null }).ToList() is { Count: > 0 } possible ? possible : attempts;

    public override string Describe() => HasAnswered ? "its host key in the log" : Possible[0].Describe();

    public override void Observe(TaskDescription task)
    {
        foreach (var attempt in attempts)
        {
            attempt.Observe(task);
        }
    }

    /// <summary>
    /// Begins each attempt as soon as the facts that it needs are known: the server may answer before ECS reports that the task
    /// runs. The host key is verified at the same time.
    /// </summary>
    /// <inheritdoc/>
    public override void Begin(Func<Task<ServerAnswer?>, CancellationToken, Task> verify, CancellationToken cancellationToken)
    {
        if (HasAnswered)
        {
            return;
        }

        _trying ??= CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        foreach (var attempt in attempts)
        {
            attempt.BeginIfPossible(_trying.Token);
        }

        if (_verification is null && attempts.Any(attempt => attempt.Opening is not null))
        {
            // Creating the client of the log takes time, which must not block other sessions.
            var verifying = _trying.Token;
            _verification = Task.Run(() => verify(_answered.Task, verifying), verifying);
        }
    }

    public override void Cancel() => _trying?.Cancel();

    /// <summary>Takes the first route that has answered; fails when none can answer any more.</summary>
    /// <inheritdoc/>
    public override void ThrowIfFailed()
    {
        _isVerified = _verification is { IsCompletedSuccessfully: true };
        Choose();
        Identify();
        if (!HasAnswered && attempts.Any(attempt => attempt.Failure is not null)
            && attempts.All(attempt => attempt.Failure is not null || !attempt.IsPossible))
        {
            var first = attempts.First(attempt => attempt.Failure is not null).Failure!;
            session.IsDistrusted |= first.Error == FargateError.HostKeyMismatch;
            throw NoRoute(first);
        }

        // A cancelled task is no failure.
        if (_verification is { IsFaulted: true })
        {
            _verification.GetAwaiter().GetResult();
        }
    }

    public override void ThrowIfLate(TimeSpan running, bool isFallbackOpen)
    {
        if (HasAnswered)
        {
            return;
        }

        var late = Possible.Select(attempt => attempt.LateError(options, running, isFallbackOpen)).ToList();
        if (!late.Contains(null))
        {
            throw NoRoute(late[0]!);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        Choose();
        Cancel();
        foreach (var attempt in attempts)
        {
            await attempt.DisposeAsync();
        }

        await (_verification ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _trying?.Dispose();
        await base.DisposeAsync();
    }

    /// <summary>Adds what became of the other routes to the error of the first.</summary>
    private FargateException NoRoute(FargateException first) => RouteErrors.NoRoute(
        first,
        [
            .. attempts.Where(attempt => attempt is AwsRouteAttempt { Opening: not null } && attempt.Failure != first)
                .Select(attempt => $"{attempt.Name}: {(attempt.Failure?.Summary ?? attempt.Outcome).TrimEnd('.')}."),
        ]);

    private void Choose()
    {
        if (_chosen is not null || (attempts.FirstOrDefault(attempt => attempt is { Opened: not null, IsProven: true })
            ?? attempts.FirstOrDefault(attempt => attempt.Opened is not null)) is not { } first)
        {
            return;
        }

        _chosen = first;
        first.IsChosen = true;
        _answered.TrySetResult(first.Answer);
        if (!MayBeOther(first))
        {
            CancelOthers();
        }
    }

    /// <summary>
    /// Where another machine may have the address and there are other routes, checks that the server has the session's host key, as
    /// the log tells it. ssh would refuse another one, and the session would end.
    /// </summary>
    private void Identify()
    {
        if (_chosen is not { Opened: { } open } chosen || !MayBeOther(chosen) || !_isVerified
            || session.HostKey is not { IsVerified: true } key)
        {
            return;
        }

        // Where the server has not presented its key, ssh itself finds out.
        if (chosen.Answer?.Key is { } shown && shown.Fingerprint != key.Fingerprint)
        {
            chosen.Reject(RouteErrors.OtherServer(session, open.Address));
            (chosen.IsChosen, _chosen) = (false, null);
            Choose();
        }
        else
        {
            CancelOthers();
        }
    }

    private bool MayBeOther(RouteAttempt attempt) => attempt is DirectAttempt { IsPrivate: true, IsProven: false }
        && attempts.Any(other => other != attempt && other is { IsPossible: true, Failure: null });

    private void CancelOthers()
    {
        foreach (var other in attempts.Where(attempt => attempt != _chosen))
        {
            other.Cancel();
        }
    }
}
