using System.Text.Json.Nodes;
using LocalFargate.Protocol;

namespace LocalFargate.Tasks;

/// <summary>The task definitions of a server, by family and revision.</summary>
internal sealed class TaskDefinitions(string arnPrefix, int revisionLimit)
{
    private readonly Dictionary<string, List<TaskDefinition>> _families = [];
    private readonly Lock _lock = new();

    /// <summary>All of them, as they are now.</summary>
    internal IReadOnlyList<TaskDefinition> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _families.Values.SelectMany(revisions => revisions)];
            }
        }
    }

    internal TaskDefinition Register(JsonObject input)
    {
        lock (_lock)
        {
            var family = (string)input["family"]!;
            var revisions = _families.TryGetValue(family, out var known) ? known : _families[family] = [];
            if (revisions.Count >= revisionLimit)
            {
                throw new AwsException("LimitExceededException", "The limit for the resource was exceeded.");
            }

            var definition = TaskDefinition.Create(input, arnPrefix, revisions.Count + 1);
            revisions.Add(definition);
            return definition;
        }
    }

    /// <summary>Finds one by family (its newest revision), family:revision or ARN; null when there is none.</summary>
    internal TaskDefinition? Find(string name)
    {
        var prefix = $"{arnPrefix}:task-definition/";
        if (name.StartsWith(prefix, StringComparison.Ordinal))
        {
            name = name[prefix.Length..];
        }

        var parts = name.Split(':', 2);
        lock (_lock)
        {
            var revisions = _families.GetValueOrDefault(parts[0]) ?? [];
            return parts.Length == 1
                ? revisions.LastOrDefault()
                : revisions.Find(definition => $"{definition.Revision}" == parts[1]);
        }
    }
}
