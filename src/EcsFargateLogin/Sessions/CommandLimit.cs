using System.Globalization;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Sessions;

/// <summary>
/// The lifetime of a container whose script may not know the contract: the program timeout, put before its command.
/// That can only be done where the command is known and nothing stands before it. An image's own CMD and ENTRYPOINT
/// cannot be read from ECS; an entry point in the task definition may be a shell, which would take the words amiss.
/// </summary>
internal static class CommandLimit
{
    /// <summary>What a script that does know the contract gets to end by itself, with its own words, in seconds.</summary>
    private const int Grace = 15;

    /// <summary>After how many seconds timeout is to end the command; null for never.</summary>
    /// <param name="request">What the user asks for.</param>
    /// <param name="start">How the container starts; null where that is not known.</param>
    public static int? SecondsFor(SessionRequest request, ContainerStart? start) =>
        start is { EntryPoint.Count: 0 } && CommandOf(request, start).Count > 0
        && (request.Limits.MaxLifetime ?? LifetimeOf(start)) is > 0 and var lifetime
            ? lifetime + Grace
            : null;

    /// <summary>The command for RunTask; empty keeps the container's own.</summary>
    /// <inheritdoc cref="SecondsFor"/>
    public static IReadOnlyList<string> Apply(SessionRequest request, ContainerStart? start) =>
        SecondsFor(request, start) is { } seconds
            ? ["timeout", seconds.ToString(CultureInfo.InvariantCulture), .. CommandOf(request, start!)]
            : request.Command;

    private static IReadOnlyList<string> CommandOf(SessionRequest request, ContainerStart start) =>
        request.Command.Count > 0 ? request.Command : start.Command;

    /// <summary>The lifetime that the task definition sets, or the default; null for one that the contract refuses.</summary>
    private static int? LifetimeOf(ContainerStart start) =>
        start.Environment.GetValueOrDefault(SessionLimits.LifetimeVariable) switch
        {
            null or "" => SessionLimits.DefaultMaxLifetime,
            { } text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                && seconds <= SessionLimits.Longest => seconds,
            _ => null,
        };
}
