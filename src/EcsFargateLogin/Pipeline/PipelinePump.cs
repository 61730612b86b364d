using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Pipeline;

/// <summary>
/// Runs work on other threads and carries its calls to the pipeline's thread, the only one that may write output and ask the
/// user. Events never wait. Output waits until there is room, so that memory stays bounded. Calls run in the order in which they
/// were added.
/// </summary>
internal sealed class PipelinePump : IProgress<SessionEvent>, IDisposable
{
    /// <summary>Number of output calls that wait or run at the same time.</summary>
    private const int OutputLimit = 2;

    /// <summary>Interval between two updates of the elapsed time on display, while no call comes.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly BlockingCollection<Call> _calls = [];
    private readonly SemaphoreSlim _room = new(OutputLimit);
    private readonly CancellationTokenSource _cancellation;
    private readonly Action<SessionEvent> _show;
    private readonly Action<SessionEvent> _drop;
    private readonly Task _work;
    private readonly Task _completion;
    private ExceptionDispatchInfo? _failure;
    private bool _isAbandoned;

    /// <summary>Begins the work.</summary>
    /// <param name="work">The work. It runs on the thread pool.</param>
    /// <param name="show">Shows an event, on the pipeline's thread.</param>
    /// <param name="drop">Receives, on the same thread, an event that cannot be shown any more.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    public PipelinePump(
        Func<PipelinePump, CancellationToken, Task> work,
        Action<SessionEvent> show,
        Action<SessionEvent> drop,
        CancellationToken cancellationToken)
    {
        (_show, _drop) = (show, drop);
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _work = Task.Run(() => work(this, _cancellation.Token), CancellationToken.None);
        _completion = _work.ContinueWith(
            _ => _calls.CompleteAdding(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>Whether the work has ended and each of its calls has run or was dropped.</summary>
    public bool HasEnded => _calls.IsCompleted;

    /// <summary>
    /// The error of the work that <see cref="ThrowFailure"/> does not throw, because another one came before it.
    /// </summary>
    public FargateException? HiddenError =>
        _failure is not null || _isAbandoned ? _work.Exception?.InnerException as FargateException : null;

    /// <summary>Adds an event, from any thread. One that comes after the end of the work is ignored.</summary>
    public void Report(SessionEvent value) => Add(new Call(() => _show(value), Drop: () => _drop(value)));

    /// <summary>Adds a call that writes output, from a thread of the work. Returns when there was room for it.</summary>
    /// <exception cref="OperationCanceledException">The work is cancelled, and nothing is written any more.</exception>
    public void Write(Action output)
    {
        _room.Wait(_cancellation.Token);
        Add(new Call(output, IsOutput: true));
    }

    /// <summary>Runs a function on the pipeline's thread. Once it has begun, its end is waited for.</summary>
    /// <returns>
    /// The function's result or <see cref="FargateException"/>; cancelled when it was not run, or threw anything else.
    /// </returns>
    public Task<T> RunAsync<T>(Func<T> function)
    {
        TaskCompletionSource<T> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return Add(new Call(() => Run(function, result), Drop: result.SetCanceled))
            ? result.Task
            : Task.FromCanceled<T>(new CancellationToken(canceled: true));
    }

    /// <summary>The same, but the wait ends when it is cancelled, even while the function runs.</summary>
    public async Task<T> AskAsync<T>(Func<T> ask, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_cancellation.Token, cancellationToken);
        return await RunAsync(ask).WaitAsync(either.Token);
    }

    /// <summary>
    /// Runs the calls of the work, on the pipeline's thread, until the work has ended or a task has completed; those that wait
    /// already are run in any case. When a call fails, the work is cancelled and its clean-up is waited for.
    /// </summary>
    /// <param name="until">The task; null for the end of the work.</param>
    /// <param name="refresh">Called when no call has come for a while.</param>
    /// <param name="stopped">Cancelled when nothing can be shown any more.</param>
    public void Run(Task? until, Action refresh, CancellationToken stopped)
    {
        if (until is { IsCompleted: false })
        {
            // Wakes this thread where it waits for a call.
            _ = until.ContinueWith(
                _ => Add(new Call(() => { })), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        for (var due = _calls.Count; !HasEnded && (due > 0 || until is not { IsCompleted: true } || _failure is not null); due--)
        {
            RunNext(refresh, stopped);
        }
    }

    /// <summary>Throws the exception that has ended the work, which has ended: that of a call, or its own.</summary>
    public void ThrowFailure()
    {
        _completion.GetAwaiter().GetResult();
        _failure?.Throw();
        _work.GetAwaiter().GetResult();
    }

    /// <summary>Cancels the work and waits until it has cleaned up. Calls that have not run are dropped.</summary>
    public void Abandon()
    {
        _isAbandoned = true;
        _cancellation.Cancel();
        while (!HasEnded)
        {
            if (_calls.TryTake(out var call, Tick))
            {
                call.Drop?.Invoke();
            }
        }

        _completion.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _calls.Dispose();
        _room.Dispose();
        _cancellation.Dispose();
    }

    private bool Add(Call call)
    {
        try
        {
            _calls.Add(call);
            return true;
        }
        catch (InvalidOperationException)
        {
            // The work has ended.
            return false;
        }
    }

    private void RunNext(Action refresh, CancellationToken stopped)
    {
        try
        {
            if (_calls.TryTake(out var call, Tick))
            {
                Run(call);
            }
            else if (_failure is null && !stopped.IsCancellationRequested)
            {
                refresh();
            }
        }
        catch (Exception e)
        {
            // A stopped pipeline or a failing later cmdlet: the work cleans up before the exception is thrown again.
            _failure ??= ExceptionDispatchInfo.Capture(e);
            _cancellation.Cancel();
        }
    }

    private void Run(Call call)
    {
        if (_failure is not null)
        {
            call.Drop?.Invoke();
            return;
        }

        try
        {
            call.Run();
        }
        finally
        {
            if (call.IsOutput)
            {
                _room.Release();
            }
        }
    }

    private void Run<T>(Func<T> function, TaskCompletionSource<T> result)
    {
        if (_cancellation.IsCancellationRequested)
        {
            result.SetCanceled();
            return;
        }

        try
        {
            result.SetResult(function());
        }
        catch (FargateException e)
        {
            result.SetException(e);
        }
        catch
        {
            // Such as a stopped pipeline: the exception continues on the pipeline's thread.
            result.SetCanceled();
            throw;
        }
    }

    /// <summary>A call for the pipeline's thread.</summary>
    /// <param name="Run">Runs it.</param>
    /// <param name="Drop">Runs in its place after a failure or when the work was abandoned; null for nothing.</param>
    /// <param name="IsOutput">Whether it gives room to further output when it has run.</param>
    private readonly record struct Call(Action Run, Action? Drop = null, bool IsOutput = false);
}
