using System.Collections.Concurrent;

namespace LocalFargate.Logs;

/// <summary>The log groups and streams of a server, as CloudWatch Logs keeps them.</summary>
internal sealed class LogStreams(LogDelivery delivery)
{
    private readonly ConcurrentDictionary<(string Group, string Stream), LogStream> _streams = [];
    private readonly ConcurrentDictionary<string, bool> _groups = [];

    internal void CreateGroup(string group) => _groups[group] = true;

    internal LogStream Create(string group, string stream)
    {
        CreateGroup(group);
        return _streams.GetOrAdd((group, stream), key => new LogStream(key.Stream, delivery));
    }

    internal bool HasGroup(string group) => _groups.ContainsKey(group);

    internal LogStream? Find(string group, string stream) => _streams.GetValueOrDefault((group, stream));

    internal IReadOnlyList<LogStream> InGroup(string group) =>
        [.. _streams.Where(entry => entry.Key.Group == group).Select(entry => entry.Value).OrderBy(stream => stream.Name, StringComparer.Ordinal)];
}
