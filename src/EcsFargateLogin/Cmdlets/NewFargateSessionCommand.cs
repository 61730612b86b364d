using System.Collections.Concurrent;
using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Lifecycle.Listing;
using EcsFargateLogin.Lifecycle.Starting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Starts a one-off Fargate task whose container runs an SSH server, with a one-time key that only this session has.
/// </summary>
[Cmdlet(VerbsCommon.New, "FargateSession", DefaultParameterSetName = LoginSet, SupportsShouldProcess = true,
    HelpUri = HelpPages.Folder + "New-FargateSession.md")]
[OutputType(typeof(FargateSession))]
public sealed partial class NewFargateSessionCommand : AwsCmdlet
{
    /// <summary>The most sessions of one record: what AWS takes at once, and what one DescribeTasks tells of.</summary>
    private const int MostSessions = 100;

    private IFargateCloud? _cloud;
    private KeyGenerator? _keyGenerator;
    private OwnKeyReader? _ownKeys;

    /// <summary>Notes what was typed.</summary>
    protected override void BeginProcessing() => _typed = [.. MyInvocation.BoundParameters.Keys];

    /// <summary>Starts this record's sessions.</summary>
    protected override void ProcessRecord() => WithPreset(() => Guard(Subject, () =>
    {
        FindPrograms();
        var request = RequestOf();
        ThrowUnlessIngressHasGroup();
        var what = Count == 1 ? "Start Fargate task" : $"Start {Count} Fargate tasks";
        if (ShouldProcess($"{Subject} in cluster {ClusterOfRecord}", what + IngressInWords))
        {
            var cloud = Connect();
            NoteService();
            WarnOfEarlierSessions(cloud);
            Start(cloud, request with { AuthorizedCidr = AuthorizedCidr() });
        }
    }));

    private void WarnOfEarlierSessions(IFargateCloud cloud)
    {
        if (Await((_, cancellationToken) => EarlierSessions.FindOnceAsync(cloud, Journal, cancellationToken)) is { Count: > 0 } found)
        {
            WriteWarning(EarlierSessions.WarningOf(found));
        }
    }

    private protected override void Show(SessionEvent happened)
    {
        base.Show(happened);
        switch (happened)
        {
            case SessionStarted { Session: var session }:
                RememberCredentials(session);
                session.ParameterSource = new Dictionary<string, string>(_sources);
                WriteVerbose($"Session {session} is task {session.TaskArn}.");
                if (!Wait)
                {
                    Write(session);
                }

                break;
            case SessionReady ready:
                Write(ready.Session);
                break;
            case SessionFailed { Session: var session, Error: var error }:
                Owned.Release(session);
                Close(_cloud!, session, "it did not become ready");
                Report(error, Subject);
                break;
        }
    }

    private void Start(IFargateCloud cloud, SessionRequest request)
    {
        _ownKeys ??= request.KeyPath is null
            ? null
            : new OwnKeyReader(FindProgram("ssh-keygen"), FindProgramOrNull("ssh-add"));
        _cloud = cloud;
        ConcurrentBag<(FargateSession, Task)> closings = [];
        // At once, while answers to other RunTask calls are still waited for.
        var early = CancelToken.Register(() => BeginClosing(Owned.RemoveAll(hasSucceeded: false)));
        try
        {
            var errors = Await((progress, cancellationToken) => StartAsync(cloud, request, progress, cancellationToken));
            foreach (var error in errors)
            {
                ReportOrShow(error);
            }
        }
        finally
        {
            early.Dispose();
            // After a break or a later command that has enough, those that are left are of no use to anybody.
            BeginClosing(Owned.RemoveUnwritten());
            CleanUpAll(closings);
        }

        void BeginClosing(IReadOnlyList<OwnedSession> unwanted)
        {
            foreach (var owned in unwanted)
            {
                closings.Add((owned.Session, this.BeginClosing(cloud, owned.Session, owned.Reason)));
            }
        }
    }

    /// <summary>A stopped pipeline takes no more errors, but that a task may still run must be said.</summary>
    private void ReportOrShow(FargateException error)
    {
        if (CancelToken.IsCancellationRequested)
        {
            CleanUp(() => Task.FromException(error), Subject);
        }
        else
        {
            Report(error, Subject);
        }
    }

    private async Task<IReadOnlyList<FargateException>> StartAsync(
        IFargateCloud cloud, SessionRequest request, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        SessionLauncher launcher = new(cloud, Journal, _keyGenerator)
        {
            OwnKeys = _ownKeys,
            Starter = StarterFor(cloud),
        };
        ConcurrentBag<FargateSession> sessions = [];
        StartedSessions started = new(progress, session =>
        {
            sessions.Add(session);
            Owned.OwnNew(session, cloud);
        });
        var errors = await launcher.LaunchAsync(request, Count, started, cancellationToken).ConfigureAwait(false);
        if (Wait)
        {
            await WaiterFor(cloud)
                .WaitAsync([.. sessions], new Readiness(PreferPrivate: false, CanBeEntered: true), progress, cancellationToken)
                .ConfigureAwait(false);
        }

        return errors;
    }

    private void Write(FargateSession session)
    {
        CompleteProgress();
        Owned.Write(this, session);
    }

    /// <summary>Notes each session before its event is on its way: one that nobody gets to see must be stopped.</summary>
    private sealed class StartedSessions(IProgress<SessionEvent> progress, Action<FargateSession> note) : IProgress<SessionEvent>
    {
        public void Report(SessionEvent value)
        {
            if (value is SessionStarted started)
            {
                note(started.Session);
            }

            progress.Report(value);
        }
    }
}
