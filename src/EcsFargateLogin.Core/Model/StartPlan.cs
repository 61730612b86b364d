using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Model;

/// <summary>
/// The attempts at starting a session's task: with all subnets as given; then with one subnet after the other, and so
/// zone by zone; and where the user allows it, at last on demand instead of on Spot. All attempts share the session's
/// key and mark; each has a client token of its own, because ECS answers a repeated one with the task that failed.
/// </summary>
internal sealed class StartPlan
{
    private readonly RunTaskRequest[] _attempts;
    private int _made;

    /// <param name="request">What the user asked for.</param>
    /// <param name="first">The first attempt.</param>
    /// <param name="entry">What the journal keeps of the session.</param>
    public StartPlan(SessionRequest request, RunTaskRequest first, JournalEntry entry)
    {
        var subnets = first.Subnets;
        var retries = Enumerable.Range(0, request.RetryCount).Select(n => first with { Subnets = [subnets[n % subnets.Count]] });
        RunTaskRequest[] onDemand = request.FallsBackToOnDemand && first.CapacityProvider == RunTaskRequest.FargateSpot
            ? [first with { CapacityProvider = RunTaskRequest.Fargate }]
            : [];
        _attempts = [first, .. retries, .. onDemand];
        Entry = entry;
    }

    /// <summary>What the journal keeps of the session; it changes with each attempt.</summary>
    public JournalEntry Entry { get; private set; }

    /// <summary>Whether there is another attempt to make.</summary>
    public bool HasNext => _made < _attempts.Length;

    /// <summary>The next attempt in a few words, for people.</summary>
    public string Next => _made < _attempts.Length
        ? $"attempt {_made + 1} of {_attempts.Length}, {_attempts[_made].CapacityProvider} in {string.Join(", ", _attempts[_made].Subnets)}"
        : "no attempt is left";

    /// <summary>Turns to the next attempt.</summary>
    public RunTaskRequest TakeNext()
    {
        var attempt = _attempts[_made++] with { ClientToken = Guid.NewGuid().ToString("N") };
        Entry = Entry with { ClientToken = attempt.ClientToken, CreatedAt = DateTimeOffset.UtcNow, TaskArn = null };
        return attempt;
    }

    /// <summary>Notes the rule that lets this machine's address in; null for none.</summary>
    public void NoteIngress(IngressRule? rule) => Entry = Entry with { Ingress = rule };

    /// <summary>Notes the task that the latest attempt has started.</summary>
    public void NoteTask(string taskArn) => Entry = Entry with { TaskArn = taskArn };
}
