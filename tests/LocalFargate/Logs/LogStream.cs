using System.Globalization;

namespace LocalFargate.Logs;

/// <summary>The output of one container, line by line.</summary>
internal sealed class LogStream(string name)
{
    private readonly List<LogEvent> _events = [];
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
            _events.Add(new LogEvent(_events.Count.ToString("D56", CultureInfo.InvariantCulture), time, line));
        }
    }

    internal IReadOnlyList<LogEvent> Read()
    {
        lock (_lock)
        {
            return [.. _events];
        }
    }
}

/// <summary>A line of a log.</summary>
/// <param name="Id">Its id, which orders it in its stream.</param>
/// <param name="Timestamp">Milliseconds since 1970.</param>
/// <param name="Message">The line, without its end.</param>
internal sealed record LogEvent(string Id, long Timestamp, string Message);
