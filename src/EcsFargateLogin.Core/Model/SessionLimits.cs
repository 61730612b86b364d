using System.Globalization;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Model;

/// <summary>
/// How long a session's container may live and lie unused, in seconds; 0 is for ever. What is null was not asked for:
/// then the task definition's own variables hold, and where there are none the contract's defaults.
/// </summary>
internal sealed record SessionLimits
{
    /// <summary>The longest lifetime that the contract takes; the other limits go as far.</summary>
    public const int Longest = 999_999_999;

    /// <summary>The contract's default of the lifetime.</summary>
    public const int DefaultLifetime = 14400;

    /// <summary>For how long a session that is kept may lie unused.</summary>
    public const int DefaultUnusedTimeout = 1800;

    private const string UnusedVariable = "_UNUSED_TIMEOUT";

    private const string LifetimeVariable = "_MAX_LIFETIME";

    public int? MaxLifetime { get; init; }

    public int? LoginTimeout { get; init; }

    public int? IdleTimeout { get; init; }

    public int? ReconnectWindow { get; init; }

    public int? UnusedTimeout { get; init; }

    /// <summary>The lifetime that was asked for; null for none, and for no limit.</summary>
    public TimeSpan? Lifetime => MaxLifetime is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>The same with what is said to every container whose task definition does not say it.</summary>
    /// <param name="start">How the container starts; null where that is not known.</param>
    public SessionLimits WithDefaults(ContainerStart? start) => start?.Environment.ContainsKey(UnusedVariable) == true
        ? this
        : this with { UnusedTimeout = UnusedTimeout ?? DefaultUnusedTimeout };

    /// <summary>The lifetime that a task definition gives its container; null where nobody here can tell.</summary>
    /// <param name="start">How the container starts; null where that is not known.</param>
    public static int? LifetimeOf(ContainerStart? start) => start switch
    {
        null => null,
        { Environment: var variables } when variables.TryGetValue(LifetimeVariable, out var text) && text.Length > 0 =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null,
        _ => DefaultLifetime,
    };

    /// <summary>The container's variables for the limits that were asked for.</summary>
    public IEnumerable<(string Name, string Value)> Variables() =>
        new[]
        {
            (LifetimeVariable, MaxLifetime), ("_LOGIN_TIMEOUT", LoginTimeout), ("_IDLE_TIMEOUT", IdleTimeout),
            ("_RECONNECT_WINDOW", ReconnectWindow), (UnusedVariable, UnusedTimeout),
        }
            .Where(limit => limit.Item2 is not null)
            .Select(limit => (limit.Item1, limit.Item2!.Value.ToString(CultureInfo.InvariantCulture)));
}

/// <summary>
/// The lifetime of a container whose script may not know the contract: the program timeout, put before its command.
/// That is done only for a lifetime that was asked for, because it changes what is run, and it can only be done where
/// the command is known and nothing stands before it. An image's own CMD and ENTRYPOINT cannot be read from ECS; an
/// entry point in the task definition may be a shell, which would take the words amiss.
/// </summary>
internal static class CommandLimit
{
    /// <summary>The time that a script which knows the contract gets to end by itself, with its own words.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    /// <summary>The time after which timeout is to end the command; null for never.</summary>
    /// <param name="request">What the user asks for.</param>
    /// <param name="start">How the container starts; null where that is not known.</param>
    public static TimeSpan? For(SessionRequest request, ContainerStart? start) =>
        request.Limits.MaxLifetime is > 0 and var lifetime && !StartsScript(request)
        && start is { EntryPoint.Count: 0 } && CommandOf(request, start).Count > 0
            ? TimeSpan.FromSeconds(lifetime) + Grace
            : null;

    /// <summary>The command for RunTask; empty keeps the container's own.</summary>
    /// <inheritdoc cref="For"/>
    public static IReadOnlyList<string> Apply(SessionRequest request, ContainerStart? start) =>
        For(request, start) is { TotalSeconds: var seconds }
            ? ["timeout", seconds.ToString(CultureInfo.InvariantCulture), .. CommandOf(request, start!)]
            : StartsScript(request) ? [ContainerContract.ScriptPath] : request.Command;

    /// <summary>An application's container runs the script in place of its command, and that keeps the lifetime itself.</summary>
    private static bool StartsScript(SessionRequest request) => request.IsOfApplication && request.Command.Count == 0;

    private static IReadOnlyList<string> CommandOf(SessionRequest request, ContainerStart start) =>
        request.Command.Count > 0 ? request.Command : start.Command;
}

/// <summary>
/// What a container runs that is entered by ECS Exec alone: nothing but its lifetime, after which it ends by itself.
/// </summary>
internal static class KeepAlive
{
    /// <summary>Gives way to a signal at once, as only wait does, and ends as start-sshd.sh does at the end of its lifetime.</summary>
    private const string Script = "trap 'exit 0' TERM INT HUP; sleep \"$0\" & wait; exit 124";

    /// <summary>The command for RunTask. What the user asks for takes its place.</summary>
    public static IReadOnlyList<string> Command(TimeSpan? lifetime)
    {
        var seconds = lifetime is { } limit ? (int)limit.TotalSeconds : SessionLimits.Longest;
        return ["/bin/sh", "-c", Script, seconds.ToString(CultureInfo.InvariantCulture)];
    }

    /// <summary>After what time it ends: what was asked for, the task definition's own, or the contract's; null for never.</summary>
    /// <param name="request">What the user asks for.</param>
    /// <param name="start">How the container starts; null where that is not known.</param>
    public static TimeSpan? LifetimeOf(SessionRequest request, ContainerStart? start) =>
        (request.Limits.MaxLifetime ?? SessionLimits.LifetimeOf(start) ?? SessionLimits.DefaultLifetime) is > 0 and var seconds
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
