using System.Text.RegularExpressions;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Lifecycle.Closing;

/// <summary>
/// The causes that pass by themselves or that another zone does not have: no capacity, and network interfaces that could
/// not be made. A task that failed for one of them is worth starting again; one that failed for its image, secrets,
/// roles or program is not, because it would fail again.
/// </summary>
internal static class TransientFailures
{
    private const string Transient =
        @"capacity|SpotInterruption|network interface|\bENI\b|insufficient.*(free|ip).*address|NetworkInterfaceLimitExceeded";

    private const string Permanent =
        @"CannotPull|CannotStartContainer|ResourceInitializationError|AccessDenied|not authorized|unable to assume|Role is not valid";

    /// <summary>Whether a task that stopped before it was ready is worth starting again.</summary>
    public static bool Matches(TaskDescription task)
    {
        if (task.Containers.Any(container => container.ExitCode is not null))
        {
            return false;
        }

        var evidence = string.Join(
            '\n', [task.StopCode ?? "", task.StoppedReason ?? "", .. task.Containers.Select(container => container.Reason)]);
        return IsMatch(evidence, Transient) && !IsMatch(evidence, Permanent);
    }

    /// <summary>Whether a task that RunTask did not start is worth another try.</summary>
    public static bool Matches(FargateException refusal) => refusal.Error == FargateError.CapacityUnavailable;

    private static bool IsMatch(string evidence, string pattern) => Regex.IsMatch(
        evidence, pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
}
