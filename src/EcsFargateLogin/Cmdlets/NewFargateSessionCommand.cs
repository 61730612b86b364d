using System.Collections.Concurrent;
using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Connection;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Lifecycle.Listing;
using EcsFargateLogin.Lifecycle.Starting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Presets;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Trust;

[assembly: PresetsOf(typeof(EcsFargateLogin.Cmdlets.NewFargateSessionCommand))]

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Starts a one-off Fargate task with a container that runs an SSH server, and with a one-time key that only this session has.
/// </summary>
[Cmdlet(VerbsCommon.New, "FargateSession", DefaultParameterSetName = LoginSet, SupportsShouldProcess = true,
    HelpUri = HelpPages.Folder + "New-FargateSession.md")]
[OutputType(typeof(FargateSession))]
public sealed partial class NewFargateSessionCommand : AwsCmdlet
{
    private const string LoginSet = "TaskDefinition";
    private const string ApplicationSet = "FromTaskDefinition";

    /// <summary>Upper bound for the sessions of one record: that of AWS for one call, and for one DescribeTasks.</summary>
    private const int MostSessions = 100;

    /// <summary>The parameters that do not apply to ECS Exec.</summary>
    private static readonly string[] ParametersOfSsh =
    [
        nameof(UserName), nameof(KeyType), nameof(KeyPath), nameof(FromAddress), nameof(HostKeyVerification),
        nameof(AuthorizeMyAddress), nameof(MyAddress), nameof(Route), nameof(InstanceConnectEndpoint), nameof(JumpHost), nameof(ProxyCommand),
        nameof(LoginTimeout), nameof(IdleTimeout), nameof(ReconnectWindow), nameof(UnusedTimeout),
    ];

    private readonly HashSet<string> _reportedWarnings = [];

    private IFargateCloud? _cloud;
    private KeyGenerator? _keyGenerator;
    private OwnKeyReader? _ownKeys;

    /// <summary>The merged values of the current record; null between records.</summary>
    private ParameterValues? _record;

    /// <summary>The sources of the current record's values.</summary>
    private IReadOnlyDictionary<string, string> _sources = SessionTags.None;

    /// <summary>
    /// The merged values of the current record. All code reads these, and never the properties that a preset can hold, because
    /// those have only the bound values.
    /// </summary>
    private protected override ParameterValues Values => _record ?? base.Values;

    /// <summary>Starts this record's sessions.</summary>
    protected override void ProcessRecord()
    {
        try
        {
            Guard(Preset, () => _record = Merge());
            if (_record is { } values)
            {
                Guard(PresetRules.SubjectOf(values), () => Start(values));
            }
        }
        finally
        {
            _record = null;
        }
    }

    /// <summary>Merges this record's bound values with its preset, and throws if a mandatory one is missing.</summary>
    private ParameterValues Merge()
    {
        var values = SessionParameters.Merge(
            BoundParameters.Of(this), () => PresetCmdlet.OpenStore(this, _reportedWarnings));
        foreach (var warning in values.Warnings)
        {
            WriteWarning(warning);
        }

        foreach (var given in values.Files.GroupBy(source => source.Value, source => source.Key))
        {
            var preset = values.Get(nameof(Preset), PresetStore.DefaultName);
            WriteVerbose($"Preset '{preset}' in '{given.Key}' gives {string.Join(", ", given)}.");
        }

        PresetRules.ThrowUnlessComplete(values);
        return values;
    }

    private void Start(ParameterValues values)
    {
        _sources = PresetRules.SourcesOf(values);
        FindPrograms(values);
        var request = RequestOf(values);
        // What no task definition can mend is said before anything is asked, with -WhatIf too.
        TaskSizeCheck.ThrowIfInvalid(request, definition: null);
        var isAuthorized = IsAddressAuthorized(values);
        var count = values.Get<int>(nameof(Count));
        var action = (count == 1 ? "Start Fargate task" : $"Start {count} Fargate tasks")
            + (request.Size.IsGiven ? $" with {request.Size}" : "")
            + (isAuthorized ? $" and allow this machine's address in {request.SecurityGroups[0]} on port {request.Port}" : "");
        if (!ShouldProcess($"{PresetRules.SubjectOf(values)} in cluster {request.Cluster}", action))
        {
            return;
        }

        var cloud = Connect();
        if (request.Service is { Parts: not ServiceParts.None } service)
        {
            WriteVerbose($"Service '{service.Name}' gives {string.Join(", ", PresetRules.GivenBy(service))}.");
        }

        WarnOfEarlierSessions(cloud);
        Start(cloud, isAuthorized ? request with { AuthorizedCidr = FindMyAddress(values) } : request, count);
    }

    private void WarnOfEarlierSessions(IFargateCloud cloud)
    {
        if (Await((_, cancellationToken) => EarlierSessions.FindOnceAsync(cloud, Journal, cancellationToken))
            is { Count: > 0 } found)
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
                session.ParameterSource = _sources;
                WriteVerbose($"Session {session} is task {session.TaskArn}.");
                if (!WaitsForSessions)
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
                Report(error, PresetRules.SubjectOf(Values));
                break;
        }
    }

    private void Start(IFargateCloud cloud, SessionRequest request, int count)
    {
        _ownKeys ??= request.KeyPath is null
            ? null
            : new OwnKeyReader(FindProgram("ssh-keygen"), FindProgramOrNull("ssh-add"));
        _cloud = cloud;
        ConcurrentBag<(FargateSession, Task)> closings = [];
        // At once, while other calls of RunTask still run.
        var early = CancelToken.Register(() => BeginClosing(Owned.RemoveAll(hasSucceeded: false)));
        try
        {
            var errors = Await((progress, cancellationToken) => StartAsync(cloud, request, count, progress, cancellationToken));
            foreach (var error in errors)
            {
                ReportOrShow(error);
            }
        }
        finally
        {
            early.Dispose();
            // After a break, or when a later command wants no more, nobody uses the remaining sessions.
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

    /// <summary>A stopped pipeline accepts no more errors, but the user must know that a task may still run.</summary>
    private void ReportOrShow(FargateException error)
    {
        if (CancelToken.IsCancellationRequested)
        {
            CleanUp(() => Task.FromException(error), PresetRules.SubjectOf(Values));
        }
        else
        {
            Report(error, PresetRules.SubjectOf(Values));
        }
    }

    private bool WaitsForSessions => Values.Get<bool>(nameof(Wait));

    private async Task<IReadOnlyList<FargateException>> StartAsync(
        IFargateCloud cloud,
        SessionRequest request,
        int count,
        IProgress<SessionEvent> progress,
        CancellationToken cancellationToken)
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
        var errors = await launcher.LaunchAsync(request, count, started, cancellationToken);
        if (WaitsForSessions)
        {
            await WaiterFor(cloud)
                .WaitAsync([.. sessions], new Readiness(CanBeEntered: true), progress, cancellationToken);
        }

        return errors;
    }

    private void Write(FargateSession session)
    {
        CompleteProgress();
        Owned.Write(this, session);
    }

    /// <summary>Records each session before its event is sent, because a session that nobody receives must be stopped.</summary>
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

    private static bool HasSsh(ParameterValues values) => values.Get<FargateTransport>(nameof(Transport)).HasSsh();

    /// <summary>Finds the programs that later commands about the session need, before any task is started.</summary>
    private void FindPrograms(ParameterValues values)
    {
        if (HasSsh(values))
        {
            FindProgram("ssh");
            _keyGenerator ??= new KeyGenerator(FindProgram("ssh-keygen"));
        }
        else
        {
            ThrowIfGiven(ParametersOfSsh);
        }
    }

    /// <summary>Whether a rule of the first security group is to give this machine's address access.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidMyAddress"/>: there is no group.</exception>
    private static bool IsAddressAuthorized(ParameterValues values) =>
        values.Get<bool>(nameof(AuthorizeMyAddress)) && HasSsh(values)
        && (values.IsGiven(nameof(SecurityGroup)) ? true : throw IngressErrors.IngressWithoutGroup());

    private string FindMyAddress(ParameterValues values) => Await((_, cancellationToken) =>
        Trust.MyAddress.FindAsync(values.Get<string>(nameof(MyAddress)), cancellationToken));
}
