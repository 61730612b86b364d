using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Model;

/// <summary>
/// The attempts at starting a session's task: with all subnets as given; then with one subnet after the other, and so
/// zone by zone; and where the user allows it, at last on demand instead of on Spot. All attempts share the session's
/// key and id; each has a client token of its own, because ECS answers a repeated one with the task that failed.
/// </summary>
internal sealed class StartPlan
{
    private readonly RunTaskRequest[] _attempts;
    private int _made;

    /// <param name="request">What the user asked for.</param>
    /// <param name="first">The first attempt.</param>
    public StartPlan(SessionRequest request, RunTaskRequest first)
    {
        var subnets = first.Subnets;
        var retries = Enumerable.Range(0, request.RetryCount).Select(n => first with { Subnets = [subnets[n % subnets.Count]] });
        RunTaskRequest[] onDemand = request.FallsBackToOnDemand && first.CapacityProvider == TaskOptions.FargateSpot
            ? [first with { CapacityProvider = TaskOptions.Fargate }]
            : [];
        _attempts = [first, .. retries, .. onDemand];
    }

    /// <summary>Whether there is another attempt to make.</summary>
    public bool HasNext => _made < _attempts.Length;

    /// <summary>The next attempt in a few words, for people.</summary>
    public string Next => _made < _attempts.Length
        ? $"attempt {_made + 1} of {_attempts.Length}, {_attempts[_made].CapacityProvider} in {string.Join(", ", _attempts[_made].Subnets)}"
        : "no attempt is left";

    /// <summary>Turns to the next attempt.</summary>
    public StartAttempt TakeNext() =>
        new(_attempts[_made++] with { ClientToken = Guid.NewGuid().ToString("N") }, DateTimeOffset.UtcNow);
}

/// <summary>One call of RunTask for a session.</summary>
/// <param name="RunTask">The request.</param>
/// <param name="CreatedAt">Its time.</param>
internal sealed record StartAttempt(RunTaskRequest RunTask, DateTimeOffset CreatedAt)
{
    /// <summary>The session's record while the attempt is not answered.</summary>
    public SessionRecord In(SessionRecord record) =>
        record with { ClientToken = RunTask.ClientToken, CreatedAt = CreatedAt, TaskArn = null };
}
