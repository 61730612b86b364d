using System.Diagnostics;

namespace EcsFargateLogin.Pipeline;

/// <summary>
/// Cancels a command: the first Ctrl+C, or signal that ends this process, cancels its work, and a second one its clean-up.
/// </summary>
internal sealed class CommandCancellation : IDisposable
{
    /// <summary>
    /// Time that a clean-up has before a second Ctrl+C ends it: a user who presses the keys in quick succession still wants the
    /// task stopped, and AWS usually answers sooner.
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

    /// <summary>Whether the work was cancelled. May be asked after the end.</summary>
    public bool IsRequested => _work.IsCancellationRequested;

    /// <summary>Watches for Ctrl+C and signals from now on. Called before work begins that has to be cleaned up.</summary>
    public void WatchSignals() =>
        _endSignals ??= EndSignals.Watching(() => UnlessDisposed(Cancel), () => UnlessDisposed(CancelCleanUp));

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
        // Last: it may end the process.
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
