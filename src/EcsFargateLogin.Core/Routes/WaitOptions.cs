namespace EcsFargateLogin.Routes;

/// <summary>How often and how long to look while a session starts.</summary>
internal sealed record WaitOptions
{
    /// <summary>From RunTask to the first look: ECS needs a moment until it knows its own new task.</summary>
    public TimeSpan FirstPollDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Between looks. Each is jittered by a tenth, so that many waiting machines do not look in step.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Between looks while ECS slows the account down.</summary>
    public TimeSpan ThrottledInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Between knocks at one session's SSH port, for each session that is waited for: all of them together knock a few
    /// hundred times a second, however many they are.
    /// </summary>
    public TimeSpan ProbePausePerSession { get; init; } = TimeSpan.FromMilliseconds(3);

    /// <summary>Between knocks at one session's SSH port at the least.</summary>
    public TimeSpan ShortestProbePause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long ECS may not know a task that it has just accepted.</summary>
    public TimeSpan MissingLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a running task may be without the public address it was to get.</summary>
    public TimeSpan PublicAddressLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the SSH server of a running task may take to answer.</summary>
    public TimeSpan BannerLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The same, and for its address, where ECS Exec would take its place already.</summary>
    public TimeSpan FallbackLimit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the agent of ECS Exec may take to run in a running task.</summary>
    public TimeSpan AgentLimit { get; init; } = TimeSpan.FromSeconds(60);
}
