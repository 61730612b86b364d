using System.Text.Json.Serialization;
using Amazon.Runtime;
using EcsFargateLogin.Aws.Clients;

namespace EcsFargateLogin.Aws.Logs;

/// <summary>The client of Amazon CloudWatch Logs, for the log of a session's container.</summary>
internal sealed class LogsClient(AWSCredentials credentials, ClientSettings settings)
    : AwsJsonClient(credentials, settings, "Logs_20140328", LogsShapes.OnWire)
{
    internal const string ServiceId = "CloudWatch Logs";
    internal const string SigningName = "logs";

    internal Task<GetLogEventsOutput> GetLogEventsAsync(GetLogEventsInput input, CancellationToken cancellationToken) =>
        CallAsync<GetLogEventsInput, GetLogEventsOutput>("GetLogEvents", input, cancellationToken);
}

/// <summary>Every input and output of the operations of <see cref="LogsClient"/>, for System.Text.Json.</summary>
[JsonSerializable(typeof(GetLogEventsInput))]
[JsonSerializable(typeof(GetLogEventsOutput))]
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
internal sealed partial class LogsShapes : JsonSerializerContext
{
    internal static LogsShapes OnWire { get; } = new(WireJson.CreateOptions());
}

internal sealed record GetLogEventsInput(string LogGroupName, string LogStreamName, int? Limit, bool StartFromHead)
{
    public string? NextToken { get; init; }
    public long? StartTime { get; init; }
}

internal sealed class GetLogEventsOutput
{
    public IReadOnlyList<OutputLogEventShape?>? Events { get; init; }
    public string? NextForwardToken { get; init; }
}

internal sealed class OutputLogEventShape
{
    public long? Timestamp { get; init; }
    public string? Message { get; init; }
}
