using EcsFargateLogin.Model;

namespace EcsFargateLogin.Tests.Support;

/// <summary>Keeps the events of a wait.</summary>
internal sealed class EventLog : IProgress<SessionEvent>
{
    private readonly Lock _lock = new();
    private readonly List<SessionEvent> _events = [];

    public IReadOnlyList<SessionEvent> Events
    {
        get
        {
            lock (_lock)
            {
                return [.. _events];
            }
        }
    }

    public void Report(SessionEvent value)
    {
        lock (_lock)
        {
            _events.Add(value);
        }
    }
}
