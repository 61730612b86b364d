using System.Diagnostics;
using System.Globalization;

namespace LocalFargate.Logs;

/// <summary>The output of one container, line by line.</summary>
internal sealed class LogStream(string name, LogDelivery delivery)
{
    private readonly List<LogEvent> _events = [];
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Lock _lock = new();

    internal string Name { get; } = name;

    internal void Write(string line)
    {
        // CloudWatch Logs keeps no empty messages.
        if (line.Length == 0)
        {
            return;
        }

        lock (_lock)
        {
            var time = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            var id = _events.Count.ToString("D56", CultureInfo.InvariantCulture);
            _events.Add(new LogEvent(id, time, line) { ReadableAt = delivery.ReadableAfter(Stopwatch.GetElapsedTime(_start)) });
        }
    }

    /// <summary>Sends what was not sent yet: the container has ended.</summary>
    internal void Close()
    {
        lock (_lock)
        {
            var last = Stopwatch.GetElapsedTime(_start) + delivery.ReadDelay;
            for (var i = 0; i < _events.Count; i++)
            {
                _events[i] = _events[i] with { ReadableAt = _events[i].ReadableAt < last ? _events[i].ReadableAt : last };
            }
        }
    }

    internal IReadOnlyList<LogEvent> Read()
    {
        lock (_lock)
        {
            var now = Stopwatch.GetElapsedTime(_start);
            return [.. _events.Where(line => line.ReadableAt <= now)];
        }
    }
}

/// <summary>A line of a log.</summary>
/// <param name="Id">Its id, which orders it in its stream.</param>
/// <param name="Timestamp">Milliseconds since 1970.</param>
/// <param name="Message">The line, without its end.</param>
internal sealed record LogEvent(string Id, long Timestamp, string Message)
{
    /// <summary>The time from the start of its stream until it can be read.</summary>
    internal TimeSpan ReadableAt { get; init; }
}
