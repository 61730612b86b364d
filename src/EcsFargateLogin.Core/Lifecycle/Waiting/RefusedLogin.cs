using System.Text.RegularExpressions;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Routes;

namespace EcsFargateLogin.Lifecycle.Waiting;

/// <summary>
/// Finds out why the container's sshd refused a login. It tells the client no reason, but writes one to the container's log.
/// </summary>
internal sealed class RefusedLogin(IFargateCloud cloud)
{
    /// <summary>For the line to reach CloudWatch Logs: the log driver sends every 5 s.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>Between two looks.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Adds the reason to an error of ssh that says that the server refused the login; returns others as they are.</summary>
    public async Task<FargateException> ExplainAsync(
        FargateSession session, FargateException error, CancellationToken cancellationToken)
    {
        if (error.Error != FargateError.SshFailed || !error.Message.Contains("Permission denied (", StringComparison.Ordinal))
        {
            return error;
        }

        var until = DateTimeOffset.UtcNow + Limit;
        StopDiagnosis log = new(cloud);
        while (true)
        {
            var lines = await log.ReadLogAsync(session, cancellationToken);
            if (lines.LastOrDefault(line => IsReason(line, session.UserName)) is { } reason)
            {
                return LoginErrors.LoginRefused(session, error, reason);
            }

            if (lines.Count == 0 || DateTimeOffset.UtcNow >= until)
            {
                // Who may not read the log gets the error without it.
                return error;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>
    /// Whether a line is sshd's about that user, and not only that the connection ended; others try public ports as well.
    /// </summary>
    private static bool IsReason(string line, string userName) => Regex.IsMatch(
        line,
        @"^(?!Connection |Disconnect|Received disconnect|Postponed ).*?(" +
        $@"(?<![\w.-]){Regex.Escape(userName)}(?![\w.-]).*(not allowed|expired|locked|refused|not from a permitted|denied|bad ownership|bad mode)"
            + $@"|(Invalid user|refused|denied|bad ownership).*(?<![\w.-]){Regex.Escape(userName)}(?![\w.-]))",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        TimeSpan.FromSeconds(1));
}
