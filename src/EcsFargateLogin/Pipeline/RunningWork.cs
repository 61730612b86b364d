using System.Runtime.ExceptionServices;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Pipeline;

/// <summary>Work on other threads whose events are shown on the pipeline's thread, whenever that has time for them.</summary>
internal sealed class RunningWork : IDisposable
{
    /// <summary>How often the seconds on display move on.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _cancellation;
    private readonly Task _running;
    private readonly Task _completion;
    private ExceptionDispatchInfo? _failure;
    private bool _isAbandoned;

    /// <summary>Begins it.</summary>
    /// <param name="work">The work.</param>
    /// <param name="show">Shows an event; called on the pipeline's thread.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public RunningWork(
        Func<IProgress<SessionEvent>, CancellationToken, Task> work,
        Action<SessionEvent> show,
        CancellationToken cancellationToken)
    {
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Events = new EventQueue(show, _cancellation.Token);
        _running = Task.Run(() => work(Events, _cancellation.Token), CancellationToken.None);
        _completion = _running.ContinueWith(
            _ => Events.Complete(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>What the work has to show and to ask.</summary>
    public EventQueue Events { get; }

    /// <summary>True when it has ended and every event was shown.</summary>
    public bool IsCompleted => Events.IsCompleted;

    /// <summary>Its own error, where nobody else will say it: <see cref="ThrowFailure"/> has something to throw before it.</summary>
    public FargateException? Lost =>
        _failure is not null || _isAbandoned ? _running.Exception?.InnerException as FargateException : null;

    /// <summary>
    /// Shows what is there to be shown, and what comes until something holds or the work has ended. When showing fails, the
    /// work is cancelled and waited for, because it may be cleaning up.
    /// </summary>
    /// <param name="until">Completes when nothing more is to be waited for; null for when the work has ended.</param>
    /// <param name="tick">Called when nothing has come for a while.</param>
    /// <param name="stopped">Cancelled when nothing can be shown any more.</param>
    public void Show(Task? until, Action tick, CancellationToken stopped)
    {
        if (until is { IsCompleted: false })
        {
            _ = until.ContinueWith(
                _ => Events.Wake(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        for (var due = Events.Count; !IsCompleted && (due > 0 || until is not { IsCompleted: true } || _failure is not null); due--)
        {
            ShowNext(tick, stopped);
        }
    }

    /// <summary>Gives the result of what was shown and of the work itself, which has ended.</summary>
    /// <exception cref="Exception">What has ended the work, or before that what a later command has thrown.</exception>
    public void ThrowFailure()
    {
        _completion.GetAwaiter().GetResult();
        _failure?.Throw();
        _running.GetAwaiter().GetResult();
    }

    /// <summary>Cancels it and waits until it has cleaned up. What it still has to show is lost.</summary>
    public void Abandon()
    {
        _isAbandoned = true;
        _cancellation.Cancel();
        while (!IsCompleted)
        {
            _ = Events.Take(Tick);
        }

        _completion.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Events.Dispose();
        _cancellation.Dispose();
    }

    private void ShowNext(Action tick, CancellationToken stopped)
    {
        try
        {
            if (Events.Take(Tick) is { } call && _failure is null)
            {
                call();
            }
            else if (_failure is null && !stopped.IsCancellationRequested)
            {
                tick();
            }
        }
        catch (Exception e)
        {
            // A stopped pipeline or a failing later cmdlet: end the work in good order, then go the same way.
            _failure = ExceptionDispatchInfo.Capture(e);
            _cancellation.Cancel();
        }
    }
}
