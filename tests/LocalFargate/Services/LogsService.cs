using System.Globalization;
using System.Text.Json.Nodes;
using LocalFargate.Logs;
using LocalFargate.Protocol;
using LocalFargate.Tasks;

namespace LocalFargate.Services;

/// <summary>The operations of CloudWatch Logs that read a task's log.</summary>
internal sealed class LogsService(LogStreams streams) : IAwsService
{
    private const int MaxEvents = 10_000;

    public ServiceModel Model { get; } = ServiceModel.Load("logs-2014-03-28");

    public JsonObject? Perform(string operation, JsonObject parameters) => operation switch
    {
        "GetLogEvents" => GetLogEvents(parameters),
        "FilterLogEvents" => FilterLogEvents(parameters),
        _ => null,
    };

    private JsonObject GetLogEvents(JsonObject parameters)
    {
        var group = GroupOf(parameters);
        var stream = streams.Find(group, (string)parameters["logStreamName"]!)
            ?? throw NotFound("The specified log stream does not exist.");
        var events = InTime(stream.Read(), parameters).ToList();
        var limit = (int?)parameters["limit"] ?? MaxEvents;

        // A token says where the page lies: f/N starts at event N, b/N ends before it.
        var (forward, position) = ReadToken(parameters, events.Count);
        var start = forward ? position : Math.Max(0, position - limit);
        var page = events.Skip(start).Take(forward ? limit : position - start).ToList();
        return new JsonObject
        {
            ["events"] = new JsonArray([.. page.Select(item => new JsonObject
            {
                ["timestamp"] = item.Timestamp,
                ["message"] = item.Message,
                ["ingestionTime"] = item.Timestamp,
            })]),
            ["nextForwardToken"] = $"f/{start + page.Count}",
            ["nextBackwardToken"] = $"b/{start}",
        };
    }

    private static (bool Forward, int Position) ReadToken(JsonObject parameters, int count)
    {
        if ((string?)parameters["nextToken"] is not { } token)
        {
            return (bool?)parameters["startFromHead"] == true ? (true, 0) : (false, count);
        }

        return token is ['f' or 'b', '/', .. var digits]
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
                ? (token[0] == 'f', Math.Min(position, count))
                : throw new AwsException("InvalidParameterException", "The specified nextToken is invalid.");
    }

    private JsonObject FilterLogEvents(JsonObject parameters)
    {
        var group = GroupOf(parameters);
        var names = ContainerDefinition.Strings(parameters["logStreamNames"]);
        var prefix = (string?)parameters["logStreamNamePrefix"];
        if (names.Count > 0 && prefix is not null)
        {
            throw new AwsException("InvalidParameterException", "logStreamNamePrefix and logStreamNames cannot be specified together.");
        }

        if (names.FirstOrDefault(name => streams.Find(group, name) is null) is not null)
        {
            throw NotFound("The specified log stream does not exist.");
        }

        var found = streams.InGroup(group)
            .Where(stream => names.Count == 0 || names.Contains(stream.Name))
            .Where(stream => prefix is null || stream.Name.StartsWith(prefix, StringComparison.Ordinal))
            .SelectMany(stream => InTime(stream.Read(), parameters).Select(item => (Stream: stream.Name, Event: item)))
            .Where(entry => LogFilter.Matches((string?)parameters["filterPattern"], entry.Event.Message))
            .OrderBy(entry => entry.Event.Timestamp)
            .ToList();

        var limit = (int?)parameters["limit"] ?? MaxEvents;
        _ = int.TryParse((string?)parameters["nextToken"], CultureInfo.InvariantCulture, out var start);
        var reply = new JsonObject
        {
            ["events"] = new JsonArray([.. found.Skip(start).Take(limit).Select(entry => new JsonObject
            {
                ["logStreamName"] = entry.Stream,
                ["timestamp"] = entry.Event.Timestamp,
                ["message"] = entry.Event.Message,
                ["ingestionTime"] = entry.Event.Timestamp,
                ["eventId"] = entry.Event.Id,
            })]),
            ["searchedLogStreams"] = new JsonArray(),
        };
        if (start + limit < found.Count)
        {
            reply["nextToken"] = (start + limit).ToString(CultureInfo.InvariantCulture);
        }

        return reply;
    }

    private string GroupOf(JsonObject parameters)
    {
        var group = (string?)parameters["logGroupName"] ?? (string?)parameters["logGroupIdentifier"]
            ?? throw new AwsException("InvalidParameterException", "logGroupName or logGroupIdentifier must be specified.");
        return streams.HasGroup(group) ? group : throw NotFound("The specified log group does not exist.");
    }

    private static IEnumerable<LogEvent> InTime(IEnumerable<LogEvent> events, JsonObject parameters)
    {
        var start = (long?)parameters["startTime"] ?? long.MinValue;
        var end = (long?)parameters["endTime"] ?? long.MaxValue;
        return events.Where(item => item.Timestamp >= start && item.Timestamp < end);
    }

    private static AwsException NotFound(string message) => new("ResourceNotFoundException", message);
}
