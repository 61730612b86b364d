using System.Threading.Channels;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Lifecycle.Starting;
using EcsFargateLogin.Lifecycle.Waiting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Doctor;

/// <summary>Starts a session, waits until it can be entered, and stops it in any case.</summary>
internal sealed class SessionCheck : ICheckGroup
{
    private const string Check = "session";

    public required SessionLauncherParts Parts { get; init; }

    /// <inheritdoc/>
    public string Name => Check;

    /// <inheritdoc/>
    public async Task RunAsync(Examination examination, CancellationToken cancellationToken)
    {
        var session = await StartAsync(examination, cancellationToken);
        if (session is null)
        {
            return;
        }

        try
        {
            await FollowAsync(examination, session, cancellationToken);
        }
        finally
        {
            await StopAsync(examination, session, cancellationToken);
        }
    }

    private async Task<FargateSession?> StartAsync(Examination examination, CancellationToken cancellationToken)
    {
        FargateSession? session = null;
        try
        {
            SessionLauncher launcher = new(examination.Cloud, Parts.Journal, Parts.Keys) { Starter = Parts.Starter };
            Handler started = new(happened => session = (happened as SessionStarted)?.Session ?? session);
            var errors = await launcher.LaunchAsync(examination.Request.ToSession(), count: 1, started, cancellationToken);
            if (errors is [var error, ..])
            {
                throw error;
            }

            await examination.PassAsync("ecs:RunTask", $"session {session} is task {session!.TaskId}");
            await examination.PassAsync("iam:PassRole", "allowed for the task definition's roles");
            return session;
        }
        catch (FargateException e) when (session is null && !cancellationToken.IsCancellationRequested)
        {
            await examination.FailAsync($"{Check} start", e);
            return null;
        }
        catch when (session is not null)
        {
            await Parts.Closer.CloseAsync(session, "Test-FargateLogin was stopped");
            throw;
        }
    }

    private async Task FollowAsync(Examination examination, FargateSession session, CancellationToken cancellationToken)
    {
        var events = Channel.CreateUnbounded<SessionEvent>();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waiting = WaitAsync();
        try
        {
            await foreach (var happened in events.Reader.ReadAllAsync(CancellationToken.None))
            {
                await ShowAsync(examination, happened);
            }
        }
        finally
        {
            // The waiter must not start the task again while it is being stopped.
            await ending.CancelAsync();
            await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await waiting;

        async Task WaitAsync()
        {
            try
            {
                Handler all = new(happened => events.Writer.TryWrite(happened));
                Readiness ready = new(CanBeEntered: true);
                await new SessionWaiter(examination.Cloud, new WaitOptions(), Parts.Starter) { History = Parts.Journal.Starts }
                    .WaitAsync([session], ready, all, ending.Token);
            }
            finally
            {
                events.Writer.Complete();
            }
        }
    }

    private static Task ShowAsync(Examination examination, SessionEvent happened) => happened switch
    {
        PhaseSeen phase => examination.PassAsync(
            Check, FormattableString.Invariant($"{phase.Phase} after {phase.Elapsed.TotalSeconds:0.0} s")),
        Caution caution => examination.WarnAsync(Check, caution.Text, ""),
        SessionReady ready => examination.PassAsync($"{Check} ready", 
            $"{(ready.Session.OpenTransport == FargateTransport.EcsExec
                ? "the agent of ECS Exec runs"
                : $"its SSH server answers by route {ready.Session.Route}")}: {ready.Session.Timing}"),
        SessionFailed failed => examination.FailAsync($"{Check} ready", failed.Error),
        _ => Task.CompletedTask,
    };

    private async Task StopAsync(Examination examination, FargateSession session, CancellationToken cancellationToken)
    {
        try
        {
            await Parts.Closer.CloseAsync(session, "Test-FargateLogin");
        }
        catch (FargateException e) when (!cancellationToken.IsCancellationRequested)
        {
            await examination.FailAsync($"{Check} stop", e);
            return;
        }

        if (!cancellationToken.IsCancellationRequested)
        {
            await examination.PassAsync($"{Check} stop", "the task was told to stop, and nothing of it is kept");
        }
    }

    private sealed class Handler(Action<SessionEvent> handle) : IProgress<SessionEvent>
    {
        public void Report(SessionEvent value) => handle(value);
    }
}

/// <summary>The parts that start and stop sessions.</summary>
internal sealed record SessionLauncherParts(
    SessionJournal Journal, KeyGenerator? Keys, TaskStarter Starter, SessionCloser Closer);
