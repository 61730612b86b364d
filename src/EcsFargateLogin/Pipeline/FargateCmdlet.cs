using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Host;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Pipeline;

/// <summary>
/// What every cmdlet of this module needs: cancellation, waiting for work without leaving the pipeline's thread, and
/// errors as error records.
/// </summary>
public abstract class FargateCmdlet : PSCmdlet, IDisposable
{
    /// <summary>
    /// What a clean-up has in any case before a second Ctrl+C ends it: whoever hits the keys in quick succession still
    /// wants the task stopped, and AWS usually answers sooner.
    /// </summary>
    private static readonly TimeSpan CleanUpChance = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _cancellation = new();
    private readonly CancellationTokenSource _givingUp = new();
    private readonly SessionProgress _progress;

    /// <summary>When the user wanted it to stop, as Stopwatch tells time; 0 before that.</summary>
    private long _stoppedAt;

    /// <summary>From the first work on: what is started then has to be cleaned up.</summary>
    private IDisposable? _endSignals;

    private volatile bool _isTerminalTaken;

    /// <summary>True once the pipeline has ended: it takes no more output.</summary>
    private bool _isDisposing;

    /// <summary>Of the work that is being waited for; null while the pipeline's thread shows and asks nothing.</summary>
    private EventQueue? _events;

    private protected FargateCmdlet() => _progress = new SessionProgress(this);

    /// <summary>Cancelled when the user presses Ctrl+C, stops the pipeline in another way, or ends this process.</summary>
    private protected CancellationToken CancelToken => _cancellation.Token;

    /// <summary>
    /// Cancelled when the user presses Ctrl+C once more while the clean-up waits. What waits for AWS ends then, and says
    /// which task may still run.
    /// </summary>
    private protected CancellationToken GiveUpToken => _givingUp.Token;

    /// <inheritdoc/>
    protected sealed override void StopProcessing()
    {
        _ = Interlocked.CompareExchange(ref _stoppedAt, Stopwatch.GetTimestamp(), 0);
        _cancellation.Cancel();
    }

    private void GiveUp()
    {
        var stoppedAt = Volatile.Read(ref _stoppedAt);
        var chance = CleanUpChance - (stoppedAt == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(stoppedAt));
        _givingUp.CancelAfter(chance > TimeSpan.Zero ? chance : TimeSpan.Zero);
    }

    private static void UnlessDisposed(Action action)
    {
        try
        {
            action();
        }
        catch (ObjectDisposedException)
        {
            // The cmdlet has just ended by itself.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposing = true;
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the cmdlet holds.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _cancellation.Dispose();
            _givingUp.Dispose();
            // Last: it may end the process.
            _endSignals?.Dispose();
        }
    }

    /// <summary>
    /// Runs work on other threads and shows its events on this one until it has ended. Work that is cancelled is
    /// waited for, because it may be cleaning up.
    /// </summary>
    private protected T Await<T>(Func<IProgress<SessionEvent>, CancellationToken, Task<T>> work)
    {
        T? result = default;
        using var running = Begin(async (progress, cancellationToken) =>
            result = await work(progress, cancellationToken).ConfigureAwait(false));
        Await(running);
        return result!;
    }

    /// <inheritdoc cref="Await{T}"/>
    private protected void Await(Func<IProgress<SessionEvent>, CancellationToken, Task> work)
    {
        using var running = Begin(work);
        Await(running);
    }

    /// <summary>
    /// Begins work on other threads that goes on while the pipeline's thread is elsewhere. What it has to show waits until
    /// it is awaited; who does not do that to its end has to <see cref="Abandon"/> it.
    /// </summary>
    private protected RunningWork Begin(Func<IProgress<SessionEvent>, CancellationToken, Task> work)
    {
        _endSignals ??= EndSignals.Watching(() => UnlessDisposed(StopProcessing), () => UnlessDisposed(GiveUp));
        RunningWork running = new(work, Show, _cancellation.Token);
        _events = running.Events;
        return running;
    }

    /// <summary>Shows the events of work until it has ended, or until something else has.</summary>
    private protected void Await(RunningWork running, Task? until = null)
    {
        running.Show(until, _progress.Refresh, CancelToken);
        if (running.IsCompleted)
        {
            _events = null;
            SayLost(running.Lost);
            running.ThrowFailure();
        }
    }

    /// <summary>Cancels work and waits until it has cleaned up.</summary>
    private protected void Abandon(RunningWork running)
    {
        _events = null;
        running.Abandon();
        SayLost(running.Lost);
    }

    private void SayLost(FargateException? lost)
    {
        if (lost is { MayLeaveTask: true })
        {
            SayOnHost(lost.Message);
        }
    }

    /// <summary>
    /// Cleans up, whether or not the pipeline has been stopped. One that was stopped or has ended takes no more errors, so a
    /// failure is then shown by the host: that a task may still run must be said.
    /// </summary>
    private protected void CleanUp(Func<Task> work, object target)
    {
        // Nobody answers questions meanwhile.
        var events = Interlocked.Exchange(ref _events, null);
        try
        {
            Task.Run(work).GetAwaiter().GetResult();
        }
        catch (FargateException e) when (CancelToken.IsCancellationRequested || _isDisposing)
        {
            SayOnHost(e.Message);
        }
        catch (FargateException e) when (e.IsWarning())
        {
            WriteWarning(e.Message);
        }
        catch (FargateException e)
        {
            WriteError(e.ToErrorRecord(target));
        }
        finally
        {
            _events = events;
        }
    }

    /// <summary>Says what must be said when the pipeline takes nothing any more.</summary>
    private void SayOnHost(string message)
    {
        try
        {
            Host.UI.WriteErrorLine(message);
        }
        catch (Exception e) when (e is IOException or HostException or InvalidOperationException or NotImplementedException)
        {
            // The terminal is gone, or the host never had one. What is still to be cleaned up must not suffer from it.
        }
    }

    /// <summary>Whether another program has the terminal: nobody can be asked there meanwhile.</summary>
    private protected bool IsTerminalTaken
    {
        set => _isTerminalTaken = value;
    }

    /// <summary>Does something on the pipeline's thread, on behalf of work on another one.</summary>
    /// <returns>Null when that thread waits for no work at the moment, or has no terminal.</returns>
    private protected async Task<T?> OnPipelineThread<T>(Func<T> work, CancellationToken cancellationToken)
        where T : class =>
        Volatile.Read(ref _events) is { } events && !_isTerminalTaken
            ? await events.AskAsync(work, cancellationToken).ConfigureAwait(false)
            : null;

    /// <summary>Writes a warning. As all that the cmdlets write, it holds nothing that a terminal would obey.</summary>
    internal new void WriteWarning(string text) => base.WriteWarning(TerminalText.Clean(text));

    /// <inheritdoc cref="WriteWarning"/>
    internal new void WriteVerbose(string text) => base.WriteVerbose(TerminalText.Clean(text));

    /// <inheritdoc cref="WriteWarning"/>
    internal new void WriteDebug(string text) => base.WriteDebug(TerminalText.Clean(text));

    /// <summary>Runs the work of one record and turns what goes wrong into error records.</summary>
    private protected void Guard(object? target, Action work)
    {
        try
        {
            work();
        }
        catch (OperationCanceledException) when (CancelToken.IsCancellationRequested)
        {
            // The user stopped it, and knows.
        }
        catch (FargateException e)
        {
            Report(e, target);
        }
        // What PowerShell itself throws through a cmdlet is not an error of it.
        catch (Exception e) when (e is not (RuntimeException or FlowControlException))
        {
            Report(GeneralErrors.Unexpected(e), target);
        }
        finally
        {
            CompleteProgress();
        }
    }

    /// <summary>
    /// Reports an error: one that no further record can escape ends the command. A stopped pipeline takes none; what the
    /// user must know all the same is then shown by the host.
    /// </summary>
    private protected void Report(FargateException exception, object? target)
    {
        if (CancelToken.IsCancellationRequested)
        {
            SayLost(exception);
            return;
        }

        if (exception.IsWarning())
        {
            WriteWarning(exception.Message);
            return;
        }

        var record = exception.ToErrorRecord(target);
        if (exception.EndsTheCommand())
        {
            ThrowTerminatingError(record);
        }

        WriteError(record);
    }

    /// <summary>Takes progress off the screen.</summary>
    private protected void CompleteProgress()
    {
        if (!CancelToken.IsCancellationRequested)
        {
            _progress.Complete();
        }
    }

    /// <summary>Shows an event, on the pipeline's thread.</summary>
    private protected virtual void Show(SessionEvent happened)
    {
        if (CancelToken.IsCancellationRequested)
        {
            return;
        }

        switch (happened)
        {
            case PhaseSeen phase:
                _progress.Show(phase);
                break;
            case Detail detail:
                WriteVerbose(detail.Message);
                break;
            case Caution caution:
                WriteWarning(caution.Text);
                break;
            case SessionReady or SessionFailed:
                _progress.Settle(happened.Session);
                break;
        }
    }
}
