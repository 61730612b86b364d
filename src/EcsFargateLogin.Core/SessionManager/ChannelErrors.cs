using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.SessionManager;

/// <summary>Errors about connections through Session Manager and Instance Connect.</summary>
internal static class ChannelErrors
{
    internal static FargateException WebSocketRefused(Uri host, int status, string answer) => new(
        FargateError.WebSocketRefused,
        $"{host.Host} did not open a WebSocket: it answered with HTTP status {status}: {answer.TrimEnd('.')}.",
        status < 400 || status >= 500
            ? "Try again; if it stays, a proxy or firewall between here and AWS may not let WebSockets pass: let it pass "
                + "connections to this host unchanged, or name it in NO_PROXY."
            : "Correct what the answer names. Where it is not AWS's, a proxy or firewall between here and AWS does not let "
                + "WebSockets pass: let it pass connections to this host unchanged, or name it in NO_PROXY.")
    { Target = host.Host, StatusCode = status };

    internal static FargateException WebSocketForbidden(Uri host, int status, string answer, string action) => new(
        FargateError.WebSocketRefused,
        $"{host.Host} refused the connection (HTTP status {status}): {answer.TrimEnd('.')}.",
        $"The caller needs the action {action}; check also that this machine's clock is right.")
    { Target = host.Host, StatusCode = status };

    internal static FargateException ClockWrong(Uri host, int status, TimeSpan difference) => new(
        FargateError.WebSocketRefused,
        $"{host.Host} refused the connection (HTTP status {status}), and this machine's clock is "
        + $"{Math.Round(difference.Duration().TotalMinutes)} minutes {(difference > TimeSpan.Zero ? "ahead of" : "behind")} that of AWS.",
        "AWS refuses signatures of another time: set this machine's clock (timedatectl set-ntp true, w32tm /resync).")
    { Target = host.Host, StatusCode = status };

    /// <param name="what">What the URL is of.</param>
    internal static FargateException InvalidStreamUrl(string what) => new(
        FargateError.SessionManagerFailed,
        $"The URL of {what} is none of wss://.",
        "Check -EndpointUrl: something that is not AWS has answered.")
    { Target = what };

    internal static FargateException SessionOver(string sessionId) => new(
        FargateError.SessionManagerFailed,
        $"The session {sessionId} of Session Manager has ended or timed out, so that its connection cannot be resumed.",
        "Connect again. AWS ends sessions that are idle for 20 minutes, unless Session Manager's preferences say otherwise.")
    { Target = sessionId };

    internal static FargateException NotResumed(string sessionId, string reason, Exception cause) => new(
        FargateError.SessionManagerFailed,
        $"The connection of session {sessionId} of Session Manager was cut, and could not be resumed: {reason.TrimEnd('.')}.",
        "Check the network, and connect again.",
        cause)
    { Target = sessionId };

    internal static FargateException SessionClosed(string sessionId, string output) => new(
        FargateError.SessionManagerFailed,
        $"Session Manager has ended the session {sessionId}"
        + $"{(string.IsNullOrWhiteSpace(output) ? "" : $": {output.Trim().TrimEnd('.')}")}.",
        "Connect again, if its task still runs: Get-FargateSession tells.")
    { Target = sessionId };

    internal static FargateException AgentSilent(string target, TimeSpan limit) => new(
        FargateError.SessionManagerFailed,
        $"The agent of Session Manager in '{target}' has not answered for {ErrorText.Seconds(limit)}.",
        "It runs two sessions a container at most, and lets others wait without a word: end others (aws ssm describe-sessions "
        + "--state Active, aws ssm terminate-session). Check also that the subnet leads to ssmmessages.")
    { Target = target };

    internal static FargateException AgentTooOld(string target, string version) => new(
        FargateError.SessionManagerFailed,
        $"The agent of Session Manager in '{target}' has version {version}, which cannot forward a port to several connections.",
        "Start the task again: Fargate then brings a newer agent.")
    { Target = target };

    internal static FargateException PortClosed(string target, int port) => new(
        FargateError.SessionManagerFailed,
        $"The agent of Session Manager in '{target}' could not connect to port {port}.",
        "Check that the program in the container listens on that port, and that a remote host can be reached from the task.")
    { Target = target };

    internal static FargateException KeyUnavailable(string keyId, FargateException cause) => new(
        FargateError.SessionManagerFailed,
        $"The sessions of this account or cluster are encrypted with the KMS key '{keyId}', which cannot be used: {cause.Summary}",
        "Allow the caller kms:GenerateDataKey and the task role kms:Decrypt on that key, or take it out of the cluster's "
        + "executeCommandConfiguration (kmsKeyId) and Session Manager's preferences.",
        cause)
    { Target = keyId };

    /// <param name="sessionId">The session.</param>
    /// <param name="what">What the other side has sent.</param>
    internal static FargateException Unexpected(string sessionId, string what) => new(
        FargateError.SessionManagerFailed,
        $"The other side of session {sessionId} of Session Manager has sent {what.TrimEnd('.')}.",
        "Connect again; if it stays, update this module, and report it.")
    { Target = sessionId };

    internal static FargateException TunnelClosed(Uri host, int? status, string reason) => new(
        FargateError.InstanceConnectFailed,
        $"The EC2 Instance Connect Endpoint {host.Host} has closed the connection ({status?.ToString() ?? "no status"}): "
        + $"{(string.IsNullOrWhiteSpace(reason) ? "it gave no reason" : reason.Trim().TrimEnd('.'))}.",
        "Check that the security group of the task admits that of the endpoint, and that the task runs.")
    { Target = host.Host };

    internal static FargateException TunnelFailed(Uri host, string reason, Exception cause) => new(
        FargateError.InstanceConnectFailed,
        $"The connection to {host.Host} was cut: {reason.TrimEnd('.')}.",
        "Check the network, and connect again.",
        cause)
    { Target = host.Host };
}
