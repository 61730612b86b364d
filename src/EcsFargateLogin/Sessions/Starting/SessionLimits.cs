using System.Globalization;

namespace EcsFargateLogin.Sessions.Starting;

/// <summary>
/// How long a session's container may live and lie unused, in seconds; 0 is for ever. What is null was not asked for:
/// then the task definition's own variables hold, and where there are none the contract's defaults.
/// </summary>
internal sealed record SessionLimits
{
    /// <summary>The longest lifetime that the contract takes; the other limits go as far.</summary>
    public const int Longest = 999_999_999;

    public int? MaxLifetime { get; init; }

    public int? LoginTimeout { get; init; }

    public int? IdleTimeout { get; init; }

    public int? ReconnectWindow { get; init; }

    /// <summary>The container's variables for the limits that were asked for.</summary>
    public IEnumerable<(string Name, string Value)> Variables() =>
        new[]
        {
            ("_MAX_LIFETIME", MaxLifetime), ("_LOGIN_TIMEOUT", LoginTimeout), ("_IDLE_TIMEOUT", IdleTimeout),
            ("_RECONNECT_WINDOW", ReconnectWindow),
        }
            .Where(limit => limit.Item2 is not null)
            .Select(limit => (limit.Item1, limit.Item2!.Value.ToString(CultureInfo.InvariantCulture)));
}
