using EcsFargateLogin.Cloud;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Sessions;

/// <summary>Starts sessions: key pair, journal entry, RunTask, in this order, so that no task starts unremembered.</summary>
internal sealed class SessionLauncher(IFargateCloud cloud, Journal journal, KeyGenerator keyGenerator)
{
    /// <summary>
    /// How long a cancelled launch waits for RunTask's answer. Cutting the call off would leave open whether a task
    /// was started; its answer usually takes well under a second.
    /// </summary>
    public TimeSpan ReplyGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What looks for the task of a RunTask whose answer was lost.</summary>
    public TaskMark Mark { get; init; } = new(cloud);

    /// <summary>What looks for a task that an earlier try of a refused RunTask may have started.</summary>
    public TaskMark EarlierTry { get; init; } = new(cloud) { Limit = TimeSpan.FromSeconds(3) };

    private readonly SessionCloser _closer = new(cloud, journal);

    /// <summary>Starts one task. The session is returned as soon as ECS has accepted it.</summary>
    /// <exception cref="FargateException">Nothing was started, or the message says what may have been.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what had been started was stopped.</exception>
    public async Task<FargateSession> LaunchAsync(SessionRequest request, CancellationToken cancellationToken)
    {
        var container = await LoginContainer.FindAsync(cloud, request, cancellationToken).ConfigureAwait(false);
        var sessionId = journal.Open();
        JournalEntry entry;
        RunTaskRequest runTask;
        try
        {
            var publicKey = await keyGenerator
                .GenerateAsync(journal.KeyPathOf(sessionId), sessionId, cancellationToken)
                .ConfigureAwait(false);
            runTask = RunTaskRequestOf(request, container.Name, sessionId, publicKey) with
            {
                Command = CommandLimit.Apply(request, container.Start),
            };
            entry = EntryOf(request, runTask) with
            {
                Log = container.Log,
                CommandLimit = CommandLimit.SecondsFor(request, container.Start),
            };
            journal.Write(entry);
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch
        {
            journal.Close(sessionId);
            throw;
        }

        return await StartAsync(
            journal.SessionOf(entry, request.StartTimeout), entry, runTask, cancellationToken).ConfigureAwait(false);
    }

    private async Task<FargateSession> StartAsync(
        FargateSession session, JournalEntry entry, RunTaskRequest runTask, CancellationToken cancellationToken)
    {
        var task = await RunTaskAsync(session, runTask, cancellationToken).ConfigureAwait(false);
        session.Update(task);
        try
        {
            journal.Write(entry with { TaskArn = task.TaskArn });
            cancellationToken.ThrowIfCancellationRequested();
            return session;
        }
        catch (Exception e)
        {
            var reason = e is OperationCanceledException ? "it was cancelled" : "its journal entry could not be kept";
            await _closer.CloseAsync(session, reason).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<TaskDescription> RunTaskAsync(
        FargateSession session, RunTaskRequest runTask, CancellationToken cancellationToken)
    {
        using CancellationTokenSource grace = new();
        using var registration = cancellationToken.Register(() => grace.CancelAfter(ReplyGrace));
        try
        {
            var reply = await cloud.RunTaskAsync(runTask, grace.Token).ConfigureAwait(false);
            return reply.Tasks.Count > 0
                ? reply.Tasks[0]
                : throw FargateErrors.RunTaskFailed(runTask, reply.Failures.Count > 0 ? reply.Failures[0] : null);
        }
        catch (FargateException e) when (MayFollowALostAnswer(e))
        {
            await StopWhatAnEarlierTryStartedAsync(session, e).ConfigureAwait(false);
            throw;
        }
        catch (FargateException e) when (!LeavesOpenWhetherItStarted(e))
        {
            journal.Close(session.SessionId);
            throw;
        }
        catch (FargateException e)
        {
            await StopWhatMayHaveStartedAsync(session, e).ConfigureAwait(false);
            throw;
        }
        catch (OperationCanceledException e)
        {
            var cause = FargateErrors.NoAnswerInTime(cloud.Connection.EcsEndpoint, e);
            await StopWhatMayHaveStartedAsync(session, cause).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>AWS refused it, or the answer got lost: only in the second case may a task run.</summary>
    private static bool LeavesOpenWhetherItStarted(FargateException e) =>
        e.Error is FargateError.EndpointUnreachable or FargateError.ServiceFailed;

    /// <summary>
    /// The last try was refused for a reason that can come up between two tries: the answer to an earlier one, which may
    /// have started the task, may have been lost.
    /// </summary>
    private static bool MayFollowALostAnswer(FargateException e) =>
        e.Error is FargateError.Throttled or FargateError.CredentialsExpired;

    /// <summary>Stops and forgets the session; with no task by its mark there is nothing to stop.</summary>
    /// <exception cref="FargateException">AWS could not be asked, or the task could not be stopped.</exception>
    private async Task StopWhatAnEarlierTryStartedAsync(FargateSession session, FargateException cause)
    {
        using var limit = SessionCloser.CleanupLimit();
        try
        {
            session.TaskArn = await EarlierTry.SearchAsync(session, limit.Token).ConfigureAwait(false) ?? "";
        }
        catch (Exception e) when (e is FargateException or OperationCanceledException)
        {
            throw FargateErrors.RunTaskUncertain(session, cause);
        }

        if (session.TaskArn.Length > 0)
        {
            await _closer.CloseAsync(session, "the answer to RunTask was lost").ConfigureAwait(false);
        }
        else
        {
            journal.Close(session.SessionId);
        }
    }

    /// <summary>
    /// Looks for the task by its mark and stops it. Where none is found its journal entry stays, because ECS may show
    /// the task later.
    /// </summary>
    /// <exception cref="FargateException">It was not found, or could not be stopped.</exception>
    private async Task StopWhatMayHaveStartedAsync(FargateSession session, FargateException cause)
    {
        session.TaskArn = await Mark.FindAsync(session).ConfigureAwait(false)
            ?? throw FargateErrors.RunTaskUncertain(session, cause);
        await _closer.CloseAsync(session, "the answer to RunTask was lost").ConfigureAwait(false);
    }

    private static RunTaskRequest RunTaskRequestOf(
        SessionRequest request, string containerName, string sessionId, string publicKey) => new()
        {
            Cluster = request.Cluster,
            TaskDefinition = request.TaskDefinition,
            Subnets = request.Subnets,
            SecurityGroups = request.SecurityGroups,
            AssignPublicIp = request.AssignPublicIp,
            ContainerName = containerName,
            Environment = ContainerContract.EnvironmentOf(request, publicKey),
            TaskRoleArn = request.TaskRoleArn,
            StartedBy = sessionId,
            ClientToken = Guid.NewGuid().ToString("N"),
        };

    private JournalEntry EntryOf(SessionRequest request, RunTaskRequest runTask) => new()
    {
        SessionId = runTask.StartedBy,
        Cluster = request.Cluster,
        TaskDefinition = request.TaskDefinition,
        ContainerName = runTask.ContainerName,
        UserName = request.UserName,
        Port = request.Port,
        AssignPublicIp = request.AssignPublicIp,
        Region = cloud.Connection.Region,
        CredentialOrigin = cloud.Connection.CredentialOrigin,
        ProfileName = cloud.Connection.ProfileName,
        ProfileLocation = cloud.Connection.ProfileLocation,
        EndpointUrl = cloud.Connection.EndpointUrl,
        ClientToken = runTask.ClientToken,
        CreatedAt = DateTimeOffset.UtcNow,
    };
}
