using System.Collections.Concurrent;
using EcsFargateLogin.Sessions;

namespace EcsFargateLogin.Cmdlets;

/// <summary>Carries events from the threads where work runs to the pipeline's thread, the only one that may write.</summary>
internal sealed class EventQueue : IProgress<SessionEvent>, IDisposable
{
    private readonly BlockingCollection<SessionEvent> _events = [];

    /// <summary>True when the work has ended and every event was taken.</summary>
    public bool IsCompleted => _events.IsCompleted;

    /// <summary>Adds an event. One that comes after the end is dropped.</summary>
    public void Report(SessionEvent value)
    {
        try
        {
            _events.Add(value);
        }
        catch (InvalidOperationException)
        {
        }
    }

    /// <summary>Says that the work has ended.</summary>
    public void Complete() => _events.CompleteAdding();

    /// <summary>Takes the next event, or gives null when none came in that time.</summary>
    public SessionEvent? Take(TimeSpan limit) => _events.TryTake(out var value, limit) ? value : null;

    /// <inheritdoc/>
    public void Dispose() => _events.Dispose();
}
