using EcsFargateLogin.Cloud;

namespace EcsFargateLogin;

// Errors about how a session's container is reached, and about ECS Exec.
internal static partial class FargateErrors
{
    private const string GetPlugin =
        "Install it from https://docs.aws.amazon.com/systems-manager/latest/userguide/"
        + "session-manager-working-with-install-plugin.html, or give -Transport Ssh.";

    /// <param name="parameters">The parameters, with their hyphens.</param>
    internal static FargateException OnlyForSsh(IReadOnlyList<string> parameters) => new(
        FargateError.InvalidTransport,
        $"{string.Join(", ", parameters)} cannot go with -Transport EcsExec: ECS Exec logs in as root, at no address, with no key "
        + "and at no SSH server.",
        "Leave it out, or give -Transport Ssh or Auto.")
    { Target = parameters[0] };

    internal static FargateException PlatformWithoutEcsExec(string version) => new(
        FargateError.InvalidTransport,
        $"The platform version {version} of Fargate has no ECS Exec.",
        "Give -PlatformVersion 1.4.0 or later, or -Transport Ssh.")
    { Target = version };

    /// <param name="session">The session.</param>
    /// <param name="what">What was wanted of it, such as a cmdlet's name.</param>
    internal static FargateException SshNeeded(FargateSession session, string what) => new(
        FargateError.TransportUnavailable,
        $"{what} needs ssh, and session {session} has neither a key nor an SSH server: it was started with -Transport EcsExec.",
        "Start one with New-FargateSession -Transport Ssh or Auto, or open a shell in this one with Enter-FargateShell.")
    { Target = session.ToString() };

    internal static FargateException EcsExecNotEnabled(FargateSession session) => new(
        FargateError.TransportUnavailable,
        $"The task of session {session} was started without ECS Exec, which cannot be switched on later.",
        "Start a session with New-FargateSession -Transport EcsExec or Auto.")
    { Target = session.ToString() };

    /// <param name="session">The session.</param>
    /// <param name="limit">How long it was waited for.</param>
    /// <param name="agent">What ECS says of the agent; null where it says nothing.</param>
    internal static FargateException AgentNotRunning(FargateSession session, TimeSpan limit, ManagedAgentDescription? agent) => new(
        FargateError.EcsExecUnavailable,
        $"The agent of ECS Exec (ExecuteCommandAgent) in the container of session {session} was not RUNNING within "
        + $"{Seconds(limit)} after the task ran: it is {agent?.LastStatus ?? "not there"}"
        + $"{(agent?.Reason is { } reason ? $" ({reason.TrimEnd('.')})" : "")}.",
        "Check that the task role has the actions of module/container/iam/exec-task-policy.json, that the subnet leads to "
        + "ssmmessages (NAT gateway, public address or VPC endpoint), and that the container's root file system is writable.")
    { Target = session.ToString() };

    internal static FargateException ExecuteCommandRefused(string task, ServiceAnswer answer) => FromAws(
        FargateError.EcsExecUnavailable, answer, task,
        $"ECS Exec does not reach the container of task '{task}'.",
        "Try again in a minute, while the task runs; if it happens again, look at it with Test-FargateLogin -Transport EcsExec.");

    internal static FargateException TaskRoleMissing(string taskDefinition, ServiceAnswer answer) => FromAws(
        FargateError.TaskDefinitionUnsuitable, answer, taskDefinition,
        $"The task definition '{taskDefinition}' has no task role, which ECS Exec needs.",
        "Name a role with the actions of module/container/iam/exec-task-policy.json with -TaskRoleArn, or give -Transport Ssh.");

    internal static FargateException PluginNotFound(string program) => new(
        FargateError.PluginNotFound,
        $"The program '{program}' of AWS Systems Manager, which ECS Exec needs, was not found on PATH.",
        GetPlugin)
    { Target = program };

    internal static FargateException PluginUnusable(string program, string why, Exception? cause = null) => new(
        FargateError.PluginNotFound,
        $"'{program}' cannot be used: {why}.",
        GetPlugin,
        cause)
    { Target = program };

    /// <param name="program">The plugin.</param>
    /// <param name="version">Its version.</param>
    /// <param name="oldest">The oldest one that can be used.</param>
    internal static FargateException PluginTooOld(string program, Version version, Version oldest) => PluginUnusable(
        program,
        $"version {version} is too old: before {oldest} it takes the secret of the connection only from its command line, where "
        + "every user of this machine can read it");
}
