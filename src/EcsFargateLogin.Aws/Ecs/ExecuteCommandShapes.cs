namespace EcsFargateLogin.Aws.Ecs;

// What ExecuteCommand takes and gives. Every member of an answer may be absent.

internal sealed class ExecuteCommandInput
{
    public required string Cluster { get; init; }
    public required string Task { get; init; }
    public string? Container { get; init; }
    public required string Command { get; init; }
    public required bool Interactive { get; init; }
}

internal sealed class ExecuteCommandOutput
{
    public SessionShape? Session { get; init; }
}

/// <summary>Holds a secret: not to be shown.</summary>
internal sealed class SessionShape
{
    public string? SessionId { get; init; }
    public string? StreamUrl { get; init; }
    public string? TokenValue { get; init; }
}
