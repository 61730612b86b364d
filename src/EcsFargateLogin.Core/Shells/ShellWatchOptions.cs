namespace EcsFargateLogin.Shells;

/// <summary>How often a task is looked at while its shell is open.</summary>
internal sealed record ShellWatchOptions
{
    /// <summary>To the first look and between looks. Each is jittered by a tenth.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between looks while ECS slows the account down.</summary>
    public TimeSpan ThrottledInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one look may take.</summary>
    public TimeSpan PollLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long before the end of the credentials or the lifetime the user is warned; half of a lifetime that is under
    /// twice that.
    /// </summary>
    public TimeSpan Warning { get; init; } = TimeSpan.FromMinutes(10);
}
