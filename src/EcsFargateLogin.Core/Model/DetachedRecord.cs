using System.Text.Json.Serialization;

namespace EcsFargateLogin.Model;

/// <summary>
/// What the journal keeps of a command that runs on in a session. Neither the command nor its output is among it: both may hold secrets.
/// </summary>
internal sealed record DetachedRecord
{
    /// <summary>The id of the command.</summary>
    [JsonRequired]
    public string CommandId { get; init; } = "";

    /// <summary>The short id of the session.</summary>
    [JsonRequired]
    public string SessionId { get; init; } = "";

    /// <summary>The time when it was started, by this machine's clock.</summary>
    [JsonRequired]
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>The number of bytes of its output that were received.</summary>
    public long Received { get; init; }

    /// <summary>Whether the session was started for it, and so ends when its end was received.</summary>
    public bool EndsSession { get; init; }

    /// <summary>Whether it is the record of a command, with an id that is safe in a path.</summary>
    [JsonIgnore]
    public bool IsValid => CommandId.Length is > 0 and <= 64 && CommandId.All(char.IsAsciiLetterOrDigit) && Received >= 0;
}
