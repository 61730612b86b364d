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
