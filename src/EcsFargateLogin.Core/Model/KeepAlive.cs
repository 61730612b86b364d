using System.Globalization;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Model;

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
