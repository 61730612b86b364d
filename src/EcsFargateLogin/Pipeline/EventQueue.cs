using System.Collections.Concurrent;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Pipeline;

/// <summary>Carries events and questions from the threads where work runs to the pipeline's thread, the only one that may
/// write and ask.</summary>
/// <param name="show">Shows an event; called on the pipeline's thread.</param>
/// <param name="cancellationToken">Cancelled when nobody answers questions any more.</param>
internal sealed class EventQueue(Action<SessionEvent> show, CancellationToken cancellationToken)
    : IProgress<SessionEvent>, IDisposable
{
    private readonly BlockingCollection<Action> _calls = [];

    /// <summary>True when the work has ended and every event was taken.</summary>
    public bool IsCompleted => _calls.IsCompleted;

    /// <summary>How much there is to be done now.</summary>
    public int Count => _calls.Count;

    /// <summary>Adds an event. One that comes after the end is dropped.</summary>
    public void Report(SessionEvent value) => TryAdd(() => show(value));

    /// <summary>Ends a <see cref="Take"/> that waits.</summary>
    public void Wake() => TryAdd(() => { });

    /// <summary>Asks on the pipeline's thread. What is asked after the end is cancelled.</summary>
    public async Task<T> AskAsync<T>(Func<T> ask, CancellationToken cancellation)
    {
        TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, cancellation);
        return TryAdd(() => Answer(ask, answer))
            ? await answer.Task.WaitAsync(either.Token).ConfigureAwait(false)
            : throw new OperationCanceledException();
    }

    /// <summary>Says that the work has ended.</summary>
    public void Complete() => _calls.CompleteAdding();

    /// <summary>Takes what is to be done next, or gives null when nothing came in that time.</summary>
    public Action? Take(TimeSpan limit) => _calls.TryTake(out var call, limit) ? call : null;

    /// <inheritdoc/>
    public void Dispose() => _calls.Dispose();

    private static void Answer<T>(Func<T> ask, TaskCompletionSource<T> answer)
    {
        try
        {
            answer.SetResult(ask());
        }
        catch (FargateException e)
        {
            answer.SetException(e);
        }
        catch
        {
            // The pipeline was stopped at the prompt: it goes on with that, and who asked gets no answer.
            answer.SetCanceled();
            throw;
        }
    }

    private bool TryAdd(Action call)
    {
        try
        {
            _calls.Add(call);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
