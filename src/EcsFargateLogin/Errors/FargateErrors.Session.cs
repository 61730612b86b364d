using System.Globalization;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin;

/// <summary>The one place where errors get their words. Partial: one file a topic; this one is about sessions.</summary>
internal static partial class FargateErrors
{
    internal static FargateException ContainerNotFound(string taskDefinition, string? wanted, IEnumerable<string> present)
    {
        var names = string.Join(", ", present);
        return new(
            FargateError.ContainerNotFound,
            wanted is null
                ? $"The task definition '{taskDefinition}' has several essential containers and none is called 'cli': {names}."
                : $"The task definition '{taskDefinition}' has no container '{wanted}'; it has: {names}.",
            "Name the container that runs the SSH server with -ContainerName.")
        { Target = wanted ?? taskDefinition };
    }

    internal static FargateException TaskDefinitionUnsuitable(string taskDefinition, string why) => new(
        FargateError.TaskDefinitionUnsuitable,
        $"The task definition '{taskDefinition}' cannot run on Fargate: {why}.",
        "Register a revision with networkMode 'awsvpc' and requiresCompatibilities 'FARGATE', or name another one.")
    { Target = taskDefinition };

    internal static FargateException TaskOutlivesContainer(string taskDefinition, string why) => new(
        FargateError.TaskDefinitionUnsuitable,
        $"The task definition '{taskDefinition}' cannot be used for sessions: {why}, so that its task would run on after every limit "
        + "that the container keeps.",
        "Register a revision in which that container is essential and has no restartPolicy, as "
        + "Register-FargateLoginTaskDefinition -FromTaskDefinition does.")
    { Target = taskDefinition };

    internal static FargateException ReservedVariable(string name) => new(
        FargateError.InvalidEnvironmentVariable,
        $"The environment variable '{name}' cannot be set: it is among the names that begin with '_' and are kept for the container's SSH server.",
        "Give it another name, or use the parameter that stands for it (-Port, -UserName, -MaxLifetime).")
    { Target = name };

    internal static FargateException MalformedVariable(string name, string why) => new(
        FargateError.InvalidEnvironmentVariable,
        $"The environment variable '{name}' cannot be set: {why}.",
        "Correct it in -EnvironmentVariable, which takes a hashtable such as @{ RAILS_ENV = 'production' }.")
    { Target = name };

    internal static FargateException RunTaskFailed(RunTaskRequest request, CloudFailure? failure)
    {
        var reason = failure?.Reason is { Length: > 0 } told ? told : "no reason was given";
        var detail = failure?.Detail is { Length: > 0 } text ? $" ({text})" : "";
        bool Says(string words) => $"{reason}{detail}".Contains(words, StringComparison.OrdinalIgnoreCase);
        var (error, nextStep) =
            Says("reached the limit") || Says("reached your limit") || Says("vCPU limit") || Says("quota")
                ? (FargateError.QuotaExceeded, RaiseQuota)
            : Says("RESOURCE:") || Says("capacity")
                ? (FargateError.CapacityUnavailable,
                    "Try again in a moment, or name a subnet of another availability zone with -Subnet.")
            : (FargateError.RequestRejected, "Check the cluster and the task definition in the ECS console, then try again.");
        return new(
            error,
            $"ECS started no task of '{request.TaskDefinition}' in cluster '{request.Cluster}': {reason}{detail}.",
            nextStep)
        { Target = request.TaskDefinition };
    }

    internal static FargateException RunTaskUncertain(FargateSession session, FargateException cause) => new(
        cause.Error,
        $"It is not known whether the task of session {session.SessionId} was started, because AWS's answer was lost: {cause.Message}",
        $"Get-FargateSession lists it when it runs, and Stop-FargateSession -SessionId {session.SessionId} stops it; or look "
        + $"for it with: {AwsCli(session, "list-tasks", "--started-by", session.SessionId)}",
        cause)
    { MayLeaveTask = true, Target = session.SessionId };

    internal static FargateException TaskNotListed(FargateSession session) => new(
        FargateError.StopFailed,
        $"It is not known whether a task of session {session.SessionId} runs: AWS's answer to RunTask was lost, or is still "
        + "to come, and ECS lists none at the moment.",
        $"Repeat Stop-FargateSession -SessionId {session.SessionId} in a minute, or look for it with: "
        + AwsCli(session, "list-tasks", "--started-by", session.SessionId))
    { MayLeaveTask = true, Target = session.SessionId };

    internal static FargateException WaitTimeout(FargateSession session, TimeSpan limit, bool endsWithPipeline) => new(
        FargateError.StartTimeout,
        $"The session {session} was not ready within {Seconds(limit)}; its task is {session.Status}.",
        endsWithPipeline
            ? "It is stopped, because this pipeline has started it: give it longer with -Timeout."
            : "It was left running: wait for it again with Wait-FargateSession, or stop it with Stop-FargateSession.")
    { Target = session.TaskArn };

    internal static FargateException StartTimeout(FargateSession session, TimeSpan limit) => new(
        FargateError.StartTimeout,
        $"The task of session {session.SessionId} was not running {Seconds(limit)} after RunTask; it is {session.Status}.",
        "Give it longer with -StartTimeout, or look at the task's events in the ECS console; a large image or a subnet "
        + "without a route to its registry are the usual causes.")
    { Target = session.TaskArn };

    /// <param name="session">The session.</param>
    /// <param name="task">What ECS says of its task.</param>
    /// <param name="logLines">The last lines of its log; none where they cannot be read.</param>
    /// <param name="nextStep">What to do about the cause, or null when the cause is not a known one.</param>
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
    /// <param name="task">What ECS says of its task.</param>
    /// <param name="lastWords">Why the container ended, in its own words; null where it did not say.</param>
    /// <param name="nextStep">What to do about the cause, or null when the cause is not a known one.</param>
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
            var reason = string.IsNullOrWhiteSpace(container.Reason) ? "" : $" ({container.Reason})";
            facts.Add($"container '{container.Name}'{exit}{reason}");
        }

        return facts;
    }

    internal static FargateException TaskMissing(FargateSession session, TimeSpan limit) =>
        TaskNotFound(session, $"ECS has not known the task '{session.TaskArn}' for {Seconds(limit)}.");

    internal static FargateException TaskNotFound(FargateSession session) =>
        TaskNotFound(session, $"ECS knows no task '{session.TaskArn}'.");

    internal static FargateException TaskOfAnotherAccount(FargateSession session, FargateException cause) => new(
        FargateError.TaskNotFound,
        $"ECS knows no task '{session.TaskArn}', but these credentials are not known to be for its account {session.Account}.",
        "Use credentials for that account, which may also call ecs:DescribeClusters, so that the account can be told.",
        cause)
    { MayLeaveTask = true, Target = session.TaskArn };

    private static FargateException TaskNotFound(FargateSession session, string message) => new(
        FargateError.TaskNotFound,
        message,
        $"Check -Cluster and -Region ({session.Cluster}, {session.Region}); ECS forgets tasks an hour after they stop.")
    { Target = session.TaskArn };

    internal static FargateException NoPublicAddress(FargateSession session, TimeSpan limit) => new(
        FargateError.NoPublicAddress,
        $"The task of session {session.SessionId} runs, but its network interface {session.NetworkInterfaceId ?? "(unknown)"} "
        + $"in subnet {session.SubnetId ?? "(unknown)"} has had no public address for {Seconds(limit)}.",
        "Use a subnet with a route to an internet gateway and -AssignPublicIp Enabled, or reach it from inside the VPC with -Private.")
    { Target = session.SubnetId ?? session.TaskArn };

    internal static FargateException NoAddress(FargateSession session) => new(
        FargateError.NoAddress,
        $"The task {session.TaskArn} runs, but has no address of its own.",
        "Only tasks with networkMode 'awsvpc' have one; check the task definition.")
    { Target = session.TaskArn };

    internal static FargateException PortUnreachable(FargateSession session, string address, TimeSpan limit, string last) => new(
        FargateError.PortUnreachable,
        $"No SSH server answered at {address} port {session.Port} within {Seconds(limit)} after the task ran: {last}.",
        "Check that the security group lets your address in on that port, that the container starts sshd, and that "
        + "-Port is the one it listens on; use -Private from inside the VPC.")
    { Target = address };

    internal static FargateException SessionEnded(FargateSession session) => new(
        FargateError.SessionEnded,
        $"The session {session.SessionId} has ended: its task was stopped.",
        "Start a new one with New-FargateSession.")
    { Target = session.SessionId };

    internal static FargateException SessionNotFound(string sessionId, string? cluster) => new(
        FargateError.SessionNotFound,
        $"There is no session '{sessionId}': this machine's journal does not know it, and no task with its mark runs"
        + $"{(cluster is null ? "" : $" in cluster '{cluster}'")}.",
        "Get-FargateSession lists the sessions there are; name the cluster of one that another machine started with -Cluster.")
    { Target = sessionId };

    internal static FargateException StopFailed(FargateSession session, FargateException cause) => new(
        FargateError.StopFailed,
        $"The task of session {session.SessionId} may still run, because it could not be stopped: {cause.Message}",
        $"Stop it with: {StopCmdlet(session)} or: {AwsCli(session, "stop-task", "--task", session.TaskArn)}{WithCredentials(session)}",
        cause)
    { MayLeaveTask = true, Target = session.TaskArn };

    internal static FargateException StopTimeout(FargateSession session, TimeSpan limit) => new(
        FargateError.StopFailed,
        $"The task of session {session.SessionId} was told to stop, but is still {session.Status} after {Seconds(limit)}.",
        "ECS kills it after the container's stopTimeout, at most 120 s; look again with Get-FargateTaskAddress -NoWait.")
    { Target = session.TaskArn };

    internal static FargateException NoAnswerInTime(string endpoint, Exception cause) => new(
        FargateError.EndpointUnreachable,
        $"{endpoint} has not answered in time.",
        "Check the network.",
        cause)
    { Target = endpoint };

    internal static FargateException AnswerNotAwaited(string endpoint, Exception cause) => new(
        FargateError.EndpointUnreachable,
        $"the answer of {endpoint} was not waited for.",
        "Get-FargateSession tells whether the task still runs.",
        cause)
    { Target = endpoint };

    internal static FargateException Unexpected(Exception cause) => new(
        FargateError.Unexpected,
        $"Something unforeseen happened: {cause.GetType().Name}: {cause.Message}",
        "Please report it with the output of the same command and -Verbose -Debug.",
        cause);

    private static string AwsCli(FargateSession session, string operation, params string[] arguments) => CommandText.Of(
        "aws",
        [
            "ecs", operation, "--cluster", session.Cluster, .. arguments, .. Option("--region", session.Region),
            .. Option("--profile", session.ProfileName), .. Option("--endpoint-url", session.EndpointUrl),
        ]);

    private static string StopCmdlet(FargateSession session) => CommandText.ForPowerShell(
        "Stop-FargateSession",
        [
            "-TaskArn", session.TaskArn, "-Cluster", session.Cluster, .. Option("-Region", session.Region),
            .. Option("-ProfileName", session.ProfileName), .. Option("-ProfileLocation", session.ProfileLocation),
            .. Option("-EndpointUrl", session.EndpointUrl),
        ]);

    private static string[] Option(string name, string? value) => string.IsNullOrEmpty(value) ? [] : [name, value];

    private static string Seconds(TimeSpan span) =>
        string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s");
}
