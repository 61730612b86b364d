using System.Management.Automation;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Lifecycle.Waiting;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Pipeline;

/// <summary>
/// Base of all cmdlets of this module: cancellation, waiting for work while the pipeline's thread shows its events, clean-up, and
/// errors as error records.
/// </summary>
public abstract class FargateCmdlet : PSCmdlet, IDisposable
{
    private readonly CommandCancellation _cancellation = new();
    private readonly SessionProgress _progress;

    private volatile bool _isTerminalInUse;

    /// <summary>True once the pipeline has ended: it accepts no more output.</summary>
    private bool _isDisposing;

    /// <summary>The pump that answers questions on the pipeline's thread; null while that thread runs other code.</summary>
    private PipelinePump? _pump;

    private protected FargateCmdlet()
    {
        _progress = new SessionProgress(this);
        Created();
    }

    /// <summary>Called when a cmdlet is created: arguments can be refused before anything else of it runs.</summary>
    internal static Action Created { get; set; } = () => { };

    /// <summary>Cancelled when the user presses Ctrl+C, stops the pipeline in another way, or ends this process.</summary>
    private protected CancellationToken CancelToken => _cancellation.WorkToken;

    /// <summary>
    /// Cancelled when the user presses Ctrl+C once more during the clean-up. A wait for AWS then ends with an error that names
    /// the task which may still run.
    /// </summary>
    private protected CancellationToken GiveUpToken => _cancellation.CleanUpToken;

    /// <inheritdoc/>
    protected sealed override void StopProcessing() => _cancellation.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposing = true;
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the cmdlet's resources.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _cancellation.Dispose();
        }
    }

    /// <summary>
    /// Runs work on other threads and shows its events on this one until it has ended. Work that is cancelled is
    /// waited for, because it may be cleaning up.
    /// </summary>
    private protected T Await<T>(Func<IProgress<SessionEvent>, CancellationToken, Task<T>> work)
    {
        T? result = default;
        using var pump = Begin(async (progress, cancellationToken) => result = await work(progress, cancellationToken));
        Await(pump);
        return result!;
    }

    /// <inheritdoc cref="Await{T}"/>
    private protected void Await(Func<IProgress<SessionEvent>, CancellationToken, Task> work)
    {
        using var pump = Begin(work);
        Await(pump);
    }

    /// <summary>
    /// Begins work on other threads that continues while the pipeline's thread runs other code. Its events wait until it is
    /// awaited; work that is not awaited to its end has to be ended by <see cref="Abandon"/>.
    /// </summary>
    private protected PipelinePump Begin(Func<PipelinePump, CancellationToken, Task> work)
    {
        _cancellation.WatchSignals();
        PipelinePump pump = new(work, Show, dropped => HostErrors.Show(Host, dropped), CancelToken);
        _pump = pump;
        return pump;
    }

    /// <summary>Shows the events of work until it has ended, or until a task has completed.</summary>
    private protected void Await(PipelinePump pump, Task? until = null)
    {
        pump.Run(until, _progress.Refresh, CancelToken);
        if (pump.HasEnded)
        {
            _pump = null;
            HostErrors.Show(Host, pump.HiddenError);
            pump.ThrowFailure();
        }
    }

    /// <summary>Cancels work and waits until it has cleaned up.</summary>
    private protected void Abandon(PipelinePump pump)
    {
        _pump = null;
        pump.Abandon();
        HostErrors.Show(Host, pump.HiddenError);
    }

    /// <summary>
    /// Runs work on the pipeline's thread for a pump with work that waits for it meanwhile. The work may await other work.
    /// </summary>
    private protected Task RunOnPipelineThread(PipelinePump pump, Action work) => pump.RunAsync(() =>
    {
        WithoutQuestions(work);
        return true;
    });

    /// <summary>Runs work on the pipeline's thread, during which the pump answers no questions.</summary>
    private void WithoutQuestions(Action work)
    {
        var pump = Interlocked.Exchange(ref _pump, null);
        try
        {
            work();
        }
        finally
        {
            _pump = pump;
        }
    }

    /// <summary>
    /// Cleans up, whether or not the pipeline has been stopped, and reports what failed by <see cref="ReportCleanUp"/>.
    /// </summary>
    private protected void CleanUp(Func<Task> work, object target)
    {
        try
        {
            WithoutQuestions(() => Task.Run(work).GetAwaiter().GetResult());
        }
        catch (FargateException e)
        {
            ReportCleanUp(e, target);
        }
    }

    /// <summary>
    /// Reports a clean-up that failed, which ends no command. A pipeline that was stopped or has ended accepts no more errors:
    /// the host then shows it, because the user must know that a task may still run.
    /// </summary>
    private void ReportCleanUp(FargateException error, object target)
    {
        if (_cancellation.IsRequested || _isDisposing)
        {
            HostErrors.Write(Host, error.Message);
        }
        else if (error.IsWarning())
        {
            WriteWarning(error.Message);
        }
        else
        {
            WriteError(error.ToErrorRecord(target));
        }
    }

    /// <summary>True while another program uses the terminal, so that the user cannot be asked there.</summary>
    private protected bool IsTerminalInUse
    {
        set => _isTerminalInUse = value;
    }

    /// <summary>Runs a function on the pipeline's thread, on behalf of work on another one.</summary>
    /// <returns>Null when that thread waits for no work, another program uses the terminal, or the command was stopped.</returns>
    private protected async Task<T?> OnPipelineThread<T>(Func<T> function, CancellationToken cancellationToken)
        where T : class =>
        Volatile.Read(ref _pump) is { } pump && !_isTerminalInUse && !_cancellation.IsRequested
            ? await pump.AskAsync(function, cancellationToken)
            : null;

    /// <summary>Writes a warning, without control characters, which a terminal would interpret.</summary>
    internal new void WriteWarning(string text) => base.WriteWarning(TerminalText.Clean(text));

    /// <inheritdoc cref="WriteWarning"/>
    internal new void WriteVerbose(string text) => base.WriteVerbose(TerminalText.Clean(text));

    /// <inheritdoc cref="WriteWarning"/>
    internal new void WriteDebug(string text) => base.WriteDebug(TerminalText.Clean(text));

    /// <summary>Runs the work of one record and turns its exceptions into error records.</summary>
    /// <exception cref="PipelineStoppedException">
    /// The command was stopped. PowerShell knows of Ctrl+C alone: after a signal it would go on with the script, which would take a
    /// command for done that was cut off.
    /// </exception>
    private protected void Guard(object? target, Action work)
    {
        try
        {
            work();
        }
        catch (OperationCanceledException) when (CancelToken.IsCancellationRequested)
        {
            // The user stopped the command, so no error is needed.
        }
        catch (FargateException e)
        {
            Report(e, target);
        }
        // Exceptions that PowerShell itself throws through a cmdlet are not errors of the cmdlet.
        catch (Exception e) when (e is not (RuntimeException or FlowControlException))
        {
            Report(GeneralErrors.Unexpected(e), target);
        }
        finally
        {
            CompleteProgress();
        }

        if (CancelToken.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>
    /// Reports an error. One that every further record would meet ends the command. A stopped pipeline accepts none: the host
    /// then shows those that the user must know.
    /// </summary>
    private protected void Report(FargateException exception, object? target)
    {
        if (CancelToken.IsCancellationRequested)
        {
            HostErrors.Show(Host, exception);
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

    /// <summary>Writes a file as Get-Item returns it: with all that PowerShell's table of files shows.</summary>
    private protected void WriteFile(string path) =>
        WriteObject(InvokeProvider.Item.Get([$@"Microsoft.PowerShell.Core\FileSystem::{path}"], force: true, literalPath: true), true);

    /// <summary>Removes progress from the screen.</summary>
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
        if (happened is SessionNotClosed notClosed)
        {
            ReportCleanUp(notClosed.Error, notClosed.Session);
        }

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
