using System.Text.Json.Serialization;
using EcsFargateLogin.Aws.Clients;

namespace EcsFargateLogin.Aws.Logs;

/// <summary>Every input and output of the operations of <see cref="LogsClient"/>, for System.Text.Json.</summary>
[JsonSerializable(typeof(GetLogEventsInput))]
[JsonSerializable(typeof(GetLogEventsOutput))]
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
internal sealed partial class LogsShapes : JsonSerializerContext
{
    internal static LogsShapes OnWire { get; } = new(WireJson.CreateOptions());
}

internal sealed record GetLogEventsInput(string LogGroupName, string LogStreamName, int Limit, bool StartFromHead);

internal sealed class GetLogEventsOutput
{
    public IReadOnlyList<OutputLogEventShape?>? Events { get; init; }
}

internal sealed class OutputLogEventShape
{
    public string? Message { get; init; }
}
