using System.Globalization;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Model;

/// <summary>Errors about a session and its task.</summary>
internal static class SessionErrors
{
    internal static FargateException RunTaskUncertain(FargateSession session, FargateException cause) => new(
        cause.Error,
        $"It is not known whether the task of session {session.SessionId} was started, because AWS's reply was lost: "
        + $"{cause.Message}",
        $"Get-FargateSession lists it when it runs, and Stop-FargateSession -SessionId {session.SessionId} stops it; or "
        + $"search for it with: {SessionCommands.AwsCli(session, "list-tasks", "--started-by", session.SessionId)}",
        cause)
    { MayLeaveTask = true, Target = session.SessionId };

    /// <param name="session">The session.</param>
    /// <param name="limit">The time after its start from which it is known.</param>
    internal static FargateException TaskNotListed(FargateSession session, TimeSpan limit) => new(
        FargateError.StopFailed,
        $"It is not known whether a task of session {session.SessionId} runs: AWS's reply to RunTask was lost, or is still "
        + "to come, and ECS lists none at the moment.",
        $"Repeat Stop-FargateSession -SessionId {session.SessionId} {(int)limit.TotalMinutes} min after its start, or search for it with: "
        + SessionCommands.AwsCli(session, "list-tasks", "--started-by", session.SessionId))
    { MayLeaveTask = true, Target = session.SessionId };

    internal static FargateException WaitTimeout(FargateSession session, TimeSpan limit, bool endsWithPipeline) => new(
        FargateError.StartTimeout,
        $"The session {session} was not ready within {ErrorText.Seconds(limit)}; its task is {session.Status}.",
        endsWithPipeline
            ? "It is stopped, because this pipeline has started it: give it longer with -Timeout."
            : "It was left running: wait for it again with Wait-FargateSession, or stop it with Stop-FargateSession.")
    { Target = session.TaskArn };

    internal static FargateException StartTimeout(FargateSession session, TimeSpan limit) => new(
        FargateError.StartTimeout,
        $"The task of session {session.SessionId} was not running {ErrorText.Seconds(limit)} after RunTask; it is "
        + $"{session.Status}.",
        "Give it longer with -StartTimeout, or check the task's events in the ECS console; a large image or a subnet "
        + "without a route to its registry are the usual causes.")
    { Target = session.TaskArn };

    /// <param name="session">The session.</param>
    /// <param name="task">ECS's description of its task.</param>
    /// <param name="logLines">The last lines of its log; empty where it cannot be read.</param>
    /// <param name="nextStep">The next step, or null when the cause is unknown.</param>
    internal static FargateException TaskStopped(
        FargateSession session, TaskDescription task, IReadOnlyList<string> logLines, string? nextStep)
    {
        var facts = Facts(task);
        var why = facts.Count == 0 ? "ECS gave no reason" : string.Join("; ", facts);
        var log = logLines.Count == 0 ? "" : $" The log of the container ends with: {string.Join(" | ", logLines)}";
        return new(
            FargateError.TaskStopped,
            $"The task of session {session} stopped before it was ready: {why}.{log}",
            nextStep ?? "Correct what the reason names and start a new session; the container's log tells more.")
        { Target = session.TaskArn, ErrorCode = task.StopCode };
    }

    /// <param name="session">The session.</param>
    /// <param name="task">ECS's description of its task.</param>
    /// <param name="lastWords">The reason that the container logged; null where it logged none.</param>
    /// <param name="nextStep">The next step, or null when the cause is unknown.</param>
    internal static FargateException ShellInterrupted(
        FargateSession session, TaskDescription task, string? lastWords, string? nextStep)
    {
        var facts = Facts(task);
        var words = lastWords is null ? "" : $" The container says: {lastWords}.";
        return new(
            FargateError.TaskStopped,
            $"The task of session {session} was stopped while it was in use: "
            + $"{(facts.Count == 0 ? "ECS gave no reason" : string.Join("; ", facts))}.{words}",
            nextStep ?? "Start a new session with New-FargateSession.")
        { Target = session.TaskArn, ErrorCode = task.StopCode };
    }

    internal static FargateException TaskMissing(FargateSession session, TimeSpan limit) =>
        TaskNotFound(session, $"ECS has not known the task '{session.TaskArn}' for {ErrorText.Seconds(limit)}.");

    internal static FargateException TaskNotFound(FargateSession session) =>
        TaskNotFound(session, $"ECS knows no task '{session.TaskArn}'.");

    internal static FargateException TaskOfAnotherAccount(FargateSession session, FargateException cause) => new(
        FargateError.TaskNotFound,
        $"ECS knows no task '{session.TaskArn}', but these credentials are not known to be for its account {session.Account}.",
        "Use credentials for that account, which may also call ecs:DescribeClusters, so that the account can be told.",
        cause)
    { MayLeaveTask = true, Target = session.TaskArn };

    internal static FargateException SessionEnded(FargateSession session) => new(
        FargateError.SessionEnded,
        $"The session {session.SessionId} has ended: its task was stopped.",
        "Start a new one with New-FargateSession.")
    { Target = session.SessionId };

    internal static FargateException SessionNotFound(string sessionId, string? cluster) => new(
        FargateError.SessionNotFound,
        $"There is no session '{sessionId}': this machine's journal does not know it, and no task with that startedBy runs"
        + $"{(cluster is null ? "" : $" in cluster '{cluster}'")}.",
        "Get-FargateSession lists the sessions there are; name the cluster of one that another machine started with -Cluster.")
    { Target = sessionId };

    internal static FargateException StopFailed(FargateSession session, FargateException cause) => new(
        FargateError.StopFailed,
        $"The task of session {session.SessionId} may still run, because it could not be stopped: {cause.Message}",
        $"Stop it with: {SessionCommands.StopCmdlet(session)} or: "
        + SessionCommands.AwsCli(session, "stop-task", "--task", session.TaskArn) + SessionCommands.WithCredentials(session),
        cause)
    { MayLeaveTask = true, Target = session.TaskArn };

    internal static FargateException StopTimeout(FargateSession session, TimeSpan limit) => new(
        FargateError.StopFailed,
        $"The task of session {session.SessionId} was told to stop, but is still {session.Status} after "
        + $"{ErrorText.Seconds(limit)}.",
        "ECS kills it after the container's stopTimeout, at most 120 s; check again with Get-FargateTaskAddress -NoWait.")
    { Target = session.TaskArn };

    private static List<string> Facts(TaskDescription task)
    {
        List<string> facts = [];
        if (task.StopCode is { Length: > 0 } stopCode)
        {
            facts.Add($"stopCode {stopCode}");
        }

        if (!string.IsNullOrWhiteSpace(task.StoppedReason))
        {
            facts.Add($"stoppedReason: {task.StoppedReason}");
        }

        foreach (var container in task.Containers)
        {
            var exit = container.ExitCode is { } code
                ? $" exited with {code.ToString(CultureInfo.InvariantCulture)}"
                : " has no exit code";
            // ECS repeats the reason of a failed pull as that of the task and of each container with the image.
            var reason = container.Reason is { } text && TerminalText.OneLine(text).Trim() is { Length: > 0 } line
                && !facts.Exists(fact => TerminalText.OneLine(fact).Contains(line, StringComparison.Ordinal))
                ? $" ({line})"
                : "";
            facts.Add($"container '{container.Name}'{exit}{reason}");
        }

        return facts;
    }

    private static FargateException TaskNotFound(FargateSession session, string message) => new(
        FargateError.TaskNotFound,
        message,
        $"Check -Cluster and -Region ({session.Cluster}, {session.Region}); ECS forgets tasks an hour after they stop.")
    { Target = session.TaskArn };
}

/// <summary>Errors about the request for a session.</summary>
internal static class RequestErrors
{
    internal static FargateException ReservedVariable(string name) => new(
        FargateError.InvalidEnvironmentVariable,
        $"The environment variable '{name}' cannot be set: it is among the names that begin with '_' and are kept for the "
        + "container's SSH server.",
        "Give it another name, or use the parameter that stands for it (-Port, -UserName, -MaxLifetime).")
    { Target = name };

    internal static FargateException MalformedVariable(string name, string why) => new(
        FargateError.InvalidEnvironmentVariable,
        $"The environment variable '{name}' cannot be set: {why}.",
        "Correct it in -EnvironmentVariable, which takes a hashtable such as @{ RAILS_ENV = 'production' }.")
    { Target = name };

    internal static FargateException InvalidTag(string key, string why) => new(
        FargateError.InvalidTag,
        $"The tag '{key}' cannot be set: {why}.",
        "Keys and values of tags hold letters, digits, spaces and _ . : / = + - @; change -Tag or -Reason.")
    { Target = key };

    internal static FargateException TooManyTags(int count, int limit) => new(
        FargateError.InvalidTag,
        $"A task cannot have {count} tags: AWS takes {limit}, and -Reason takes two of them.",
        "Leave some out of -Tag.");
}

/// <summary>Builds command lines about a session for the next step of an error.</summary>
internal static class SessionCommands
{
    /// <summary>
    /// Returns a note about what a command line lacks: credentials, which are never shown, or a credentials file.
    /// </summary>
    internal static string WithCredentials(FargateSession session) => session switch
    {
        { CredentialOrigin: CredentialOrigin.Keys or CredentialOrigin.Credential } =>
            $" (with the credentials that {session.CredentialOrigin.ToText()} held)",
        { ProfileLocation: { } location } =>
            $" (the latter with $env:AWS_SHARED_CREDENTIALS_FILE = {CommandText.Text(location)})",
        _ => "",
    };

    internal static string AwsCli(FargateSession session, string operation, params string[] arguments) => CommandText.Of(
        "aws",
        [
            "ecs", operation, "--cluster", session.Cluster, .. arguments, .. Option("--region", session.Region),
            .. Option("--profile", session.ProfileName), .. Option("--endpoint-url", session.EndpointUrl),
        ]);

    internal static string StopCmdlet(FargateSession session) => CommandText.Of(
        "Stop-FargateSession",
        [
            "-TaskArn", session.TaskArn, "-Cluster", session.Cluster, .. Option("-Region", session.Region),
            .. Option("-ProfileName", session.ProfileName), .. Option("-ProfileLocation", session.ProfileLocation),
            .. Option("-EndpointUrl", session.EndpointUrl),
        ]);

    internal static string[] Option(string name, string? value) => string.IsNullOrEmpty(value) ? [] : [name, value];
}
