using System.Globalization;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Model;

/// <summary>
/// The time limits of a session's container in seconds; 0 means no limit, null means not requested: then the variables of the
/// task definition apply, or the contract's defaults.
/// </summary>
internal sealed record SessionLimits
{
    /// <summary>The longest value of each limit that the contract accepts.</summary>
    public const int Longest = 999_999_999;

    /// <summary>The contract's default lifetime.</summary>
    public const int DefaultLifetime = 14400;

    /// <summary>The default time for which a kept session may be unused.</summary>
    public const int DefaultUnusedTimeout = 1800;

    public int? MaxLifetime { get; init; }

    public int? LoginTimeout { get; init; }

    public int? IdleTimeout { get; init; }

    public int? ReconnectWindow { get; init; }

    public int? UnusedTimeout { get; init; }

    /// <summary>The requested lifetime; null where none or no limit was requested.</summary>
    public TimeSpan? Lifetime => MaxLifetime is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Returns the limits with the defaults that the module sends unless the task definition sets them.</summary>
    /// <param name="start">The container's start configuration; null where it is unknown.</param>
    public SessionLimits WithDefaults(ContainerStart? start) =>
        start?.Environment.ContainsKey(ContainerVariables.UnusedTimeout) == true
        ? this
        : this with { UnusedTimeout = UnusedTimeout ?? DefaultUnusedTimeout };

    /// <summary>Returns the lifetime that a task definition sets for its container; null where it is unknown.</summary>
    /// <param name="start">The container's start configuration; null where it is unknown.</param>
    public static int? LifetimeOf(ContainerStart? start) => start switch
    {
        null => null,
        { Environment: var variables } when variables.TryGetValue(ContainerVariables.MaxLifetime, out var text)
            && text.Length > 0 =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null,
        _ => DefaultLifetime,
    };

    /// <summary>Returns the container's variables for the requested limits.</summary>
    public IEnumerable<(string Name, string Value)> Variables() =>
        new[]
        {
            (ContainerVariables.MaxLifetime, MaxLifetime), (ContainerVariables.LoginTimeout, LoginTimeout),
            (ContainerVariables.IdleTimeout, IdleTimeout), (ContainerVariables.ReconnectWindow, ReconnectWindow),
            (ContainerVariables.UnusedTimeout, UnusedTimeout),
        }
            .Where(limit => limit.Item2 is not null)
            .Select(limit => (limit.Item1, limit.Item2!.Value.ToString(CultureInfo.InvariantCulture)));
}

/// <summary>
/// Enforces the lifetime of a container that may not know the contract, by running its command under the program timeout. Only a
/// requested lifetime is enforced so, because it changes the command, and only where the command is known and there is no entry
/// point. ECS does not report an image's CMD and ENTRYPOINT, and an entry point in the task definition may be a shell, which
/// would misread the words.
/// </summary>
internal static class CommandLimit
{
    /// <summary>The time that a script which knows the contract gets to end by itself, with its own message.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    /// <summary>Returns the time after which timeout ends the command; null for never.</summary>
    /// <param name="request">The user's request.</param>
    /// <param name="start">The container's start configuration; null where it is unknown.</param>
    public static TimeSpan? For(SessionRequest request, ContainerStart? start) =>
        request.Limits.MaxLifetime is > 0 and var lifetime && !StartsScript(request)
        && start is { EntryPoint.Count: 0 } && CommandOf(request, start).Count > 0
            ? TimeSpan.FromSeconds(lifetime) + Grace
            : null;

    /// <summary>Returns the command for RunTask; empty keeps the container's own.</summary>
    /// <inheritdoc cref="For"/>
    public static IReadOnlyList<string> Apply(SessionRequest request, ContainerStart? start) =>
        For(request, start) is { TotalSeconds: var seconds }
            ? ["timeout", seconds.ToString(CultureInfo.InvariantCulture), .. CommandOf(request, start!)]
            : StartsScript(request) ? [ContainerContract.ScriptPath] : request.Command;

    /// <summary>
    /// An application's container runs start-sshd.sh instead of its command, and the script enforces the lifetime itself.
    /// </summary>
    private static bool StartsScript(SessionRequest request) => request.IsOfApplication && request.Command.Count == 0;

    private static IReadOnlyList<string> CommandOf(SessionRequest request, ContainerStart start) =>
        request.Command.Count > 0 ? request.Command : start.Command;
}

/// <summary>The command of a container that only ECS Exec enters: it sleeps for its lifetime and then ends.</summary>
internal static class KeepAlive
{
    /// <summary>
    /// Handles a signal at once, which requires wait, and exits at the end of its lifetime as start-sshd.sh does.
    /// </summary>
    private const string Script = "trap 'exit 0' TERM INT HUP; sleep \"$0\" & wait; exit 124";

    /// <summary>Returns the command for RunTask. A command of the user replaces it.</summary>
    public static IReadOnlyList<string> Command(TimeSpan? lifetime)
    {
        var seconds = lifetime is { } limit ? (int)limit.TotalSeconds : SessionLimits.Longest;
        return ["/bin/sh", "-c", Script, seconds.ToString(CultureInfo.InvariantCulture)];
    }

    /// <summary>Returns the requested lifetime, the task definition's or the contract's default; null for no limit.</summary>
    /// <param name="request">The user's request.</param>
    /// <param name="start">The container's start configuration; null where it is unknown.</param>
    public static TimeSpan? LifetimeOf(SessionRequest request, ContainerStart? start) =>
        (request.Limits.MaxLifetime ?? SessionLimits.LifetimeOf(start) ?? SessionLimits.DefaultLifetime) is > 0 and var seconds
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
