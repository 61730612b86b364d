using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;
using EcsFargateLogin.SessionManager;

namespace EcsFargateLogin.Shells;

/// <summary>A shell that ECS Exec opens in a session's container.</summary>
/// <param name="cloud">The account and region of the session.</param>
/// <param name="session">The session, in which the agent runs.</param>
internal sealed class EcsExecShell(IFargateCloud cloud, FargateSession session)
{
    /// <summary>
    /// Starts the best available shell as a login shell. ECS splits the line as a POSIX shell does, but runs no shell itself.
    /// </summary>
    private const string LoginShell = "if command -v bash >/dev/null; then exec bash -l; fi; exec sh -l";

    /// <summary>The time for which an agent that is RUNNING may not answer.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause between attempts.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Returns the command that opens the shell.</summary>
    /// <param name="isResumable">Whether it is to outlive its connection.</param>
    public static string CommandOf(bool isResumable) =>
        PosixShell.Append("/bin/sh -c", [isResumable ? ResumableShell.Command : LoginShell]);

    /// <summary>Opens the shell.</summary>
    /// <param name="isResumable">Whether it is to outlive its connection.</param>
    /// <param name="progress">Receives a detail for each failed attempt.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The channel for session-manager-plugin.</returns>
    /// <exception cref="FargateException">It could not be opened.</exception>
    public async Task<PluginChannel> OpenAsync(
        bool isResumable, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        var (task, container) = await FindContainerAsync(cancellationToken);
        ExecuteCommandRequest request = new()
        {
            Cluster = session.Cluster,
            Task = session.TaskArn,
            ContainerName = container.Name,
            Command = CommandOf(isResumable),
        };
        var access = await cloud.GetChannelAccessAsync(cancellationToken);
        var channel = await ExecuteAsync(request, progress, cancellationToken);
        return new PluginChannel
        {
            SessionId = channel.SessionId,
            StreamUrl = channel.StreamUrl,
            TokenValue = channel.TokenValue,
            Region = cloud.Connection.Region,
            ProfileName = cloud.Connection.Aws.ProfileName,
            Target = PluginChannel.TargetOf(
                task.ClusterArn[(task.ClusterArn.LastIndexOf('/') + 1)..], TaskArn.IdOf(task.TaskArn), container.RuntimeId ?? ""),
            Endpoint = access.Endpoint,
            Credentials = access.Credentials,
        };
    }

    /// <summary>
    /// Explains the end of a shell that ended because its task stopped. With ECS Exec the container does not end with the shell.
    /// </summary>
    /// <param name="stoppedTask">The task, where it was found stopping during the shell.</param>
    /// <param name="cancellationToken">Cancels the calls to AWS.</param>
    /// <returns>Null where the shell ended by itself.</returns>
    public async Task<FargateException?> ExplainEndAsync(TaskDescription? stoppedTask, CancellationToken cancellationToken)
    {
        if ((stoppedTask ?? await Interruption.FindEndingAsync(cloud, session, cancellationToken)) is not { } task)
        {
            return null;
        }

        session.Update(task);
        return await new StopDiagnosis(cloud)
            .ExplainInterruptionAsync(session, task, cancellationToken);
    }

    private async Task<(TaskDescription Task, ContainerDescription Container)> FindContainerAsync(
        CancellationToken cancellationToken)
    {
        var reply = await cloud.DescribeTasksAsync(session.Cluster, [session.TaskArn], cancellationToken);
        return reply.Tasks.FirstOrDefault(session.IsOf) is { } task
            && EcsExecWait.LoginContainerOf(session, task) is { } container
                ? (task, container)
                : throw SessionErrors.TaskNotFound(session);
    }

    /// <summary>Retries, because the agent may run but not be connected yet.</summary>
    private async Task<ExecuteCommandChannel> ExecuteAsync(
        ExecuteCommandRequest request, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        var last = DateTimeOffset.UtcNow + Limit;
        while (true)
        {
            try
            {
                return await cloud.ExecuteCommandAsync(request, cancellationToken);
            }
            catch (FargateException e) when (e.Error == FargateError.EcsExecUnavailable && DateTimeOffset.UtcNow < last)
            {
                progress.Report(new Detail(session, e.Message));
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }
}
