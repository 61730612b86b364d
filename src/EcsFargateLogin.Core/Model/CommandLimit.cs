using System.Globalization;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Model;

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
