using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Pipeline;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Stops the tasks of sessions and deletes their keys. Stopping a session that has stopped already is no error.
/// </summary>
[Cmdlet(VerbsLifecycle.Stop, "FargateSession", DefaultParameterSetName = SessionSet, SupportsShouldProcess = true,
    HelpUri = HelpPages.Folder + "Stop-FargateSession.md")]
[OutputType(typeof(FargateSession))]
public sealed class StopFargateSessionCommand : TaskCmdlet
{
    /// <summary>Returns only when ECS reports the tasks STOPPED, which takes up to the container's stopTimeout.</summary>
    [Parameter(HelpMessage = "Returns only when ECS reports the tasks STOPPED.")]
    public SwitchParameter Wait { get; set; }

    /// <summary>Returns the sessions.</summary>
    [Parameter(HelpMessage = "Returns the sessions.")]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Stops this record's sessions.</summary>
    protected override void ProcessRecord() => Guard(null, () =>
    {
        foreach (var (session, cloud) in Targets())
        {
            if (ShouldProcess($"{session} ({session.TaskArn})", "Stop Fargate task"))
            {
                OwnedSessions.Keep(session);
                Guard(session, () => Stop(session, cloud));
            }
        }
    });

    /// <summary>
    /// Deletes the files of a session with an entry that cannot be read and no task in the cluster that was named. Where none was,
    /// the session stays listed, because its task may run in another one.
    /// </summary>
    private protected override FargateSession? WithoutTask(FargateSession session, IReadOnlyList<string> clusters)
    {
        if (!IsTyped(nameof(Cluster)))
        {
            Report(JournalErrors.DamagedSessionNotFound(session.SessionId, clusters, session.Region), session.SessionId);
            return null;
        }

        WriteWarning(JournalErrors.DamagedSessionDeleted(session.SessionId, clusters, session.Region));
        session.IsClosed = true;
        return session;
    }

    private void Stop(FargateSession session, IFargateCloud cloud)
    {
        var closer = CloserFor(cloud);
        try
        {
            Await((_, _) => closer.CloseAsync(session, "Stop-FargateSession"));
        }
        catch (FargateException e) when (e.IsWarning())
        {
            Report(e, session);
        }

        if (Wait)
        {
            Await((progress, cancellationToken) => new StoppedWait(cloud).WaitAsync(session, progress, cancellationToken));
        }

        if (PassThru)
        {
            CompleteProgress();
            WriteObject(session);
        }
    }
}
