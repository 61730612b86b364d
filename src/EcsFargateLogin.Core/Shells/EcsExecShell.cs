using EcsFargateLogin.Cloud;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;
using EcsFargateLogin.SessionManager;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Shells;

/// <summary>Starts programs by ECS Exec in a session's container, and explains how they have ended.</summary>
/// <param name="cloud">The account and region of the session.</param>
/// <param name="session">The session, in which the agent runs.</param>
internal sealed class EcsExecShell(IFargateCloud cloud, FargateSession session)
{
    /// <summary>Starts the best available shell as a login shell.</summary>
    private const string LoginShell = "if command -v bash >/dev/null; then exec bash -l; fi; exec sh -l";

    /// <summary>The exit code where the program's own is unknown: that of ssh.</summary>
    public const int ConnectionFailed = SshProcess.ConnectionFailed;

    /// <summary>The pace and limits of its channels.</summary>
    public ChannelOptions Options { get; init; } = new();

    /// <summary>Returns the script of a shell.</summary>
    /// <param name="isResumable">Whether it is to outlive its connection.</param>
    /// <param name="size">The size of its terminal; null where it has none.</param>
    public static ExecScript ScriptOf(bool isResumable, TerminalSize? size)
    {
        var command = isResumable ? ResumableShell.Command : LoginShell;
        return size is null ? ExecScript.WithPipes(command) : ExecScript.WithTerminal(command, size);
    }

    /// <summary>Starts a program.</summary>
    /// <param name="script">Its script.</param>
    /// <param name="progress">Receives a detail for each failed attempt.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="FargateException">It could not be started. No session is left behind.</exception>
    public async Task<ExecProgram> StartAsync(
        ExecScript script, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        var (task, container) = await FindContainerAsync(cancellationToken);
        ExecuteCommandRequest request = new()
        {
            Cluster = session.Cluster,
            Task = session.TaskArn,
            ContainerName = container.Name,
            Command = ExecScript.Bootstrap,
        };
        var ticket = await SessionStart.RunAsync(
            cloud.SessionManager,
            token => cloud.ExecuteCommandAsync(request, token),
            Options,
            cancellationToken,
            refused => progress.Report(new Detail(session, refused.Message)));
        var target = SessionManagerRoute.TargetOf(task.ClusterArn, task.TaskArn, container.RuntimeId ?? "");
        return await ExecProgram.OpenAsync(cloud.SessionManager, ticket, target, script, Options, cancellationToken);
    }

    /// <summary>
    /// Explains the end of a program that has no exit code: its task stopped, or its session ended, as by being idle. With ECS
    /// Exec the container does not end with the program.
    /// </summary>
    /// <param name="end">The end of the program.</param>
    /// <param name="stoppedTask">The task, where it was found stopping during the program.</param>
    /// <param name="cancellationToken">Cancels the calls to AWS.</param>
    /// <returns>Null where the program ended by itself.</returns>
    public async Task<FargateException?> ExplainEndAsync(
        ExecEnd end, TaskDescription? stoppedTask, CancellationToken cancellationToken)
    {
        if (end.ExitCode is not null && stoppedTask is null)
        {
            return null;
        }

        if ((stoppedTask ?? await Interruption.FindEndingAsync(cloud, session, cancellationToken)) is { } task)
        {
            session.Update(task);
            return await new StopDiagnosis(cloud).ExplainInterruptionAsync(session, task, cancellationToken);
        }

        return end.ExitCode is not null ? null
            : end.Channel?.Error ?? LoginErrors.EcsExecEnded(session, end.Channel?.Output ?? "");
    }

    /// <summary>Finds the session's container and its task.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.TaskNotFound"/>.</exception>
    public async Task<(TaskDescription Task, ContainerDescription Container)> FindContainerAsync(
        CancellationToken cancellationToken)
    {
        var reply = await cloud.DescribeTasksAsync(session.Cluster, [session.TaskArn], cancellationToken);
        return reply.Tasks.FirstOrDefault(session.IsOf) is { } task
            && EcsExecWait.LoginContainerOf(session, task) is { } container
                ? (task, container)
                : throw SessionErrors.TaskNotFound(session);
    }
}
