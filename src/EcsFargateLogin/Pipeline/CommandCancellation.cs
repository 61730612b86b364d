using System.Diagnostics;

namespace EcsFargateLogin.Pipeline;

/// <summary>
/// The cancellation of a command: the first Ctrl+C, or signal that ends this process, cancels its work, and the second its
/// clean-up.
/// </summary>
internal sealed class CommandCancellation : IDisposable
{
    /// <summary>
    /// Minimum time for a clean-up before a second Ctrl+C cancels it. A user who presses the keys twice in quick succession still
    /// wants the task stopped, and AWS usually answers sooner.
    /// </summary>
    private static readonly TimeSpan ShortestCleanUp = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _work = new();
    private readonly CancellationTokenSource _cleanUp = new();

    /// <summary>Timestamp of the first Ctrl+C, of <see cref="Stopwatch"/>; 0 before that.</summary>
    private long _stoppedAt;

    private IDisposable? _endSignals;

    /// <summary>Cancelled when the user presses Ctrl+C, stops the pipeline in another way, or ends this process.</summary>
    public CancellationToken WorkToken => _work.Token;

    /// <summary>Cancelled when the user presses Ctrl+C once more during the clean-up.</summary>
    public CancellationToken CleanUpToken => _cleanUp.Token;

    /// <summary>Whether the work was cancelled. Can also be read after disposal.</summary>
    public bool IsRequested => _work.IsCancellationRequested;

    /// <summary>Begins to handle Ctrl+C and signals. Called before the start of work that needs a clean-up.</summary>
    public void WatchSignals() =>
        _endSignals ??= TerminationSignals.Subscribe(() => UnlessDisposed(Cancel), () => UnlessDisposed(CancelCleanUp));

    /// <summary>Cancels the work.</summary>
    public void Cancel()
    {
        _ = Interlocked.CompareExchange(ref _stoppedAt, Stopwatch.GetTimestamp(), 0);
        _work.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _work.Dispose();
        _cleanUp.Dispose();
        // Last, because it may end the process.
        _endSignals?.Dispose();
    }

    private void CancelCleanUp()
    {
        var stoppedAt = Volatile.Read(ref _stoppedAt);
        var rest = ShortestCleanUp - (stoppedAt == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(stoppedAt));
        _cleanUp.CancelAfter(rest > TimeSpan.Zero ? rest : TimeSpan.Zero);
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
}
