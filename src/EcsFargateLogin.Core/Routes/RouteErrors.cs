using System.Globalization;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Routes;

/// <summary>Errors about the route to a container.</summary>
internal static class RouteErrors
{
    /// <summary>What to check when the agent of ECS Exec does not run, without the period.</summary>
    internal const string CheckAgent =
        "Check that the task role has the actions of module/container/iam/exec-task-policy.json, that the subnet leads to "
        + "ssmmessages (NAT gateway, public address or VPC endpoint), and that the container's root file system is writable";

    /// <summary>An agent that ECS does not describe.</summary>
    internal static readonly ManagedAgentDescription NoAgent = new(null, null);

    internal static FargateException NoPublicAddress(FargateSession session, TimeSpan limit) => new(
        FargateError.NoPublicAddress,
        $"The task of session {session.SessionId} runs, but its network interface {session.NetworkInterfaceId ?? "(unknown)"} "
        + $"in subnet {session.SubnetId ?? "(unknown)"} has had no public address for {ErrorText.Seconds(limit)}.",
        "Use a subnet with a route to an internet gateway and -AssignPublicIp Enabled, or reach it from inside the VPC with -Route Private.")
    { Target = session.SubnetId ?? session.TaskArn };

    internal static FargateException NoAddress(FargateSession session) => new(
        FargateError.NoAddress,
        $"The task {session.TaskArn} runs, but has no address of its own.",
        "Only tasks with networkMode 'awsvpc' have one; check the task definition.")
    { Target = session.TaskArn };

    internal static FargateException PortUnreachable(FargateSession session, string address, TimeSpan limit, string last) => new(
        FargateError.PortUnreachable,
        $"No SSH server answered at {address} port {session.Port} within {ErrorText.Seconds(limit)} after the task ran: {last}.",
        "Check that the security group allows your address on that port, that the container starts sshd, and that "
        + "-Port is the one it listens on; use -Route Private from inside the VPC.")
    { Target = address };

    /// <summary>The server did not answer on a route through AWS.</summary>
    /// <param name="session">The session.</param>
    /// <param name="route">The name of the route.</param>
    /// <param name="limit">The time of the wait.</param>
    /// <param name="last">The outcome of the last attempt.</param>
    /// <param name="check">What to check, beside the server.</param>
    internal static FargateException RouteUnanswered(
        FargateSession session, string route, TimeSpan limit, string last, string check) => new(
        FargateError.RouteUnavailable,
        $"No SSH server answered through {route} at port {session.Port} within {ErrorText.Seconds(limit)} after the task ran: "
        + $"{last.TrimEnd('.')}.",
        $"Check that {check}, that the container starts sshd, and that -Port is the one it listens on.")
    { Target = session.ToString() };

    internal static FargateException VpcUnknown(FargateSession session) => new(
        FargateError.RouteUnavailable,
        $"EC2 does not tell the VPC of the network interface {session.NetworkInterfaceId ?? "(unknown)"} of session {session}.",
        "Wait a moment and try again, or give another -Route.")
    { Target = session.NetworkInterfaceId };

    /// <param name="owner">The session, or another owner of the VPC, as 'session fl-…'.</param>
    /// <param name="vpc">The task's VPC.</param>
    /// <param name="named">The endpoint that was asked for; null for any.</param>
    /// <param name="found">The endpoints of the VPC, or the one that was asked for, each with its state.</param>
    internal static FargateException NoInstanceConnectEndpoint(
        string owner, string vpc, string? named, IReadOnlyList<string> found) => new(
        FargateError.RouteUnavailable,
        found.Count > 0
            ? $"No EC2 Instance Connect Endpoint of {vpc} accepts tunnels: {string.Join(", ", found)}."
            : named is null
                ? $"{vpc}, the VPC of {owner}, has no EC2 Instance Connect Endpoint."
                : $"{vpc}, the VPC of {owner}, has no EC2 Instance Connect Endpoint {named}.",
        found.Count > 0
            ? "Wait until one is create-complete, or give another -Route."
            : "Create one in any subnet of that VPC (aws ec2 create-instance-connect-endpoint), which is free, or give another -Route.")
    { Target = named ?? vpc };

    internal static FargateException PortOfInstanceConnect(int port) => new(
        FargateError.InvalidRoute,
        $"EC2 Instance Connect leads to port 22 or 3389 only, and the SSH server listens on {port}.",
        "Start a session with -Port 22, or give another -Route.")
    { Target = port.ToString(CultureInfo.InvariantCulture) };

    internal static FargateException PublicWithoutAddress() => new(
        FargateError.InvalidRoute,
        "-Route Public leads to the task's public address, and the task is to have none.",
        "Give -AssignPublicIp Enabled, or another -Route.")
    { Target = "Public" };

    /// <summary>Another server has the task's address.</summary>
    internal static FargateException OtherServer(FargateSession session, string address) => new(
        FargateError.RouteUnavailable,
        $"The server at {address} is not that of session {session}: it has another host key.",
        "Another machine in this network has the same private address; give another -Route.")
    { Target = address };

    internal static FargateException RouteWithProxy(FargateRoute route, string proxy) => new(
        FargateError.InvalidRoute,
        $"-Route {route} cannot go with {proxy}, which is a route of its own.",
        "Leave one of them out; -Route Public and Private choose the address that a jump host or proxy connects to.")
    { Target = route.ToString() };

    internal static FargateException EndpointWithoutRoute(string endpoint) => new(
        FargateError.InvalidRoute,
        $"-InstanceConnectEndpoint {endpoint} is for -Route InstanceConnect or Auto, and another route was given.",
        "Leave one of them out.")
    { Target = endpoint };

    /// <summary>None of the routes leads to the session.</summary>
    /// <param name="first">The error of the first route.</param>
    /// <param name="others">What became of the other routes that were tried, in a sentence each.</param>
    internal static FargateException NoRoute(FargateException first, IReadOnlyList<string> others) => others.Count == 0 ? first : new(
        first.Error, $"{first.Summary} Other routes were tried as well. {string.Join(" ", others)}", first.NextStep, first)
    { Target = first.Target };

    /// <param name="parameters">The parameters, with their hyphens.</param>
    internal static FargateException OnlyForSsh(IReadOnlyList<string> parameters) => new(
        FargateError.InvalidTransport,
        $"{string.Join(", ", parameters)} cannot go with -Transport EcsExec: ECS Exec logs in as root, at no address, with no key "
        + "and at no SSH server.",
        "Leave it out, or reach a session of -Transport Ssh or Auto.")
    { Target = parameters[0] };

    internal static FargateException OnlyForRunningTasks(IReadOnlyList<string> parameters) => new(
        FargateError.InvalidTransport,
        $"{string.Join(", ", parameters)} cannot go with a session, which has a cluster and a container of its own.",
        "Leave it out, or name a running task with -TaskArn or -Service.")
    { Target = parameters[0] };

    internal static FargateException PlatformWithoutEcsExec(string version) => new(
        FargateError.InvalidTransport,
        $"The platform version {version} of Fargate has no ECS Exec.",
        "Give -PlatformVersion 1.4.0 or later, or another -Transport or -Route.")
    { Target = version };

    /// <param name="session">The session.</param>
    /// <param name="what">The requested action, such as a cmdlet's name.</param>
    internal static FargateException SshNeeded(FargateSession session, string what) => new(
        FargateError.TransportUnavailable,
        $"{what} needs ssh, and session {session} has neither a key nor an SSH server: it was not started with -Transport Ssh or Auto.",
        "Start one with New-FargateSession -Transport Ssh or Auto, such as New-FargateSession -Service for a task like those of a "
        + "service; or use Enter-FargateShell, Invoke-FargateCommand, Copy-FargateItem or Start-FargateTunnel -RemoteHost, which need no ssh.")
    { Target = session.ToString() };

    internal static FargateException EcsExecNotEnabled(FargateSession session) => new(
        FargateError.TransportUnavailable,
        $"The task of session {session} was started without ECS Exec, which cannot be switched on later.",
        "Start a session with New-FargateSession -Transport EcsExec or Auto.")
    { Target = session.ToString() };

    /// <param name="session">The session.</param>
    /// <param name="limit">The time limit of the wait.</param>
    /// <param name="agent">ECS's description of the agent; null where there is none.</param>
    internal static FargateException AgentNotRunning(FargateSession session, TimeSpan limit, ManagedAgentDescription? agent) => new(
        FargateError.EcsExecUnavailable,
        $"The agent of ECS Exec (ExecuteCommandAgent) in the container of session {session} was not RUNNING within "
        + $"{ErrorText.Seconds(limit)} after the task ran: it is {agent ?? NoAgent}.",
        $"{CheckAgent}.")
    { Target = session.ToString() };
}

/// <summary>Errors about logging in to a session over ssh.</summary>
internal static class LoginErrors
{
    internal static FargateException KeyNotFound(FargateSession session) => new(
        FargateError.KeyNotFound,
        $"The private key of session {session.SessionId} is not on this machine (any more)"
        + (session.KeyPath is null ? "." : $": '{session.KeyPath}'."),
        "Enter the session on the machine and as the user that started it, or start a new one with New-FargateSession.")
    { Target = session.SessionId };

    internal static FargateException SshFailed(FargateSession session, string reason)
    {
        var fault = LocalRoutes.FaultOf(session);
        return new(
            FargateError.SshFailed,
            $"ssh could not keep the session {session.SessionId} open: {fault?.Summary ?? reason}",
            fault?.NextStep ?? NextStepFor(reason),
            fault)
        { Target = session.SessionId };
    }

    /// <param name="session">The session.</param>
    /// <param name="refusal">The error of ssh.</param>
    /// <param name="reason">The reason that the container's sshd logged.</param>
    internal static FargateException LoginRefused(FargateSession session, FargateException refusal, string reason) => new(
        FargateError.SshFailed,
        $"{refusal.Summary} The container's log says: {reason.TrimEnd('.')}.",
        reason.Contains("expired", StringComparison.OrdinalIgnoreCase) || reason.Contains("locked", StringComparison.OrdinalIgnoreCase)
            ? $"Correct the account of '{session.UserName}' in the image (usermod, chage), or log in as another user with -UserName."
            : refusal.NextStep,
        refusal)
    { Target = session.SessionId };

    /// <param name="session">The session.</param>
    /// <param name="output">What Session Manager said at the end; may be empty.</param>
    internal static FargateException EcsExecEnded(FargateSession session, string output) => new(
        FargateError.SessionManagerFailed,
        $"The connection of ECS Exec to session {session} has ended before the program in the container has"
        + $"{(string.IsNullOrWhiteSpace(output) ? "" : $": {output.Trim().TrimEnd('.')}")}.",
        "Connect again, while its task runs. ECS Exec ends connections that are idle for 20 minutes; -Resumable keeps a shell beyond them.")
    { Target = session.ToString() };

    internal static FargateException ConnectionLost(FargateSession session) =>
        SshFailed(session, "the connection was closed before the remote program had ended.");

    private static string NextStepFor(string reason) => reason switch
    {
        _ when reason.Contains("Permission denied", StringComparison.Ordinal) =>
            "The server refused the session's key: check that -UserName is the user that the container's SSH server accepts, "
            + "that the container reads _AUTHORIZED_PUBLIC_KEY, and that -FromAddress holds the address this machine is seen at.",
        _ when reason.Contains("Host key verification failed", StringComparison.Ordinal)
            || reason.Contains("HOST IDENTIFICATION HAS CHANGED", StringComparison.Ordinal) =>
            "Another server than before answered at this address. Do not go on; start a new session.",
        _ => "Check the network between here and the task, and the container's log; -Verbose shows the ssh command line.",
    };
}
