using System.Text.Json.Serialization;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;

namespace EcsFargateLogin;

/// <summary>A start of a session in this machine's history: what was started, and how long each phase took. It holds no secret.</summary>
public sealed record FargateStart
{
    [JsonConstructor]
    internal FargateStart()
    {
    }

    /// <summary>The session's short id.</summary>
    [JsonInclude]
    [JsonRequired]
    public string SessionId { get; internal init; } = "";

    /// <summary>The task definition as family:revision.</summary>
    [JsonInclude]
    [JsonRequired]
    public string TaskDefinition { get; internal init; } = "";

    /// <summary>The cluster's name.</summary>
    [JsonInclude]
    [JsonRequired]
    public string Cluster { get; internal init; } = "";

    /// <summary>The region.</summary>
    [JsonInclude]
    [JsonRequired]
    public string Region { get; internal init; } = "";

    /// <summary>The reason that it was started for; null for none.</summary>
    [JsonInclude]
    public string? Reason { get; internal init; }

    /// <summary>The task's CPU units; null where ECS has not reported them.</summary>
    [JsonInclude]
    public int? Cpu { get; internal init; }

    /// <summary>The task's memory in MiB; null where ECS has not reported it.</summary>
    [JsonInclude]
    public int? Memory { get; internal init; }

    /// <summary>The transport that was open first.</summary>
    [JsonInclude]
    public FargateTransport Transport { get; internal init; }

    /// <summary>The route by which its server answered.</summary>
    [JsonInclude]
    public FargateRoute Route { get; internal init; }

    /// <summary>The time of RunTask, by this machine's clock.</summary>
    [JsonInclude]
    [JsonRequired]
    public DateTimeOffset CreatedAt { get; internal init; }

    /// <summary>The phases with their durations.</summary>
    [JsonInclude]
    [JsonRequired]
    public FargateStartPhases Phases { get; internal init; } = new();

    /// <summary>The time from RunTask until the session could be entered, and its shell was opened where that was waited for.</summary>
    public TimeSpan Total => Phases.Total;

    /// <summary>The task definition's family.</summary>
    internal string Family => FamilyOf(TaskDefinition);

    /// <summary>The task definition, and the time that its start took.</summary>
    public override string ToString() => FormattableString.Invariant($"{TaskDefinition} {Total.TotalSeconds:0.0} s");

    /// <summary>Returns the start of a session that has answered.</summary>
    internal static FargateStart Of(FargateSession session) => new()
    {
        SessionId = session.SessionId,
        TaskDefinition = TaskArn.IdOf(session.TaskDefinition ?? ""),
        Cluster = TaskArn.IdOf(session.Cluster),
        Region = session.Region,
        Reason = session.Reason,
        Cpu = session.Cpu,
        Memory = session.Memory,
        Transport = session.OpenTransport ?? session.Transport,
        Route = session.Route,
        CreatedAt = session.CreatedAt,
        Phases = session.Timing.Phases,
    };

    /// <summary>Returns the family of a task definition that is named by its family, family:revision or ARN.</summary>
    internal static string FamilyOf(string taskDefinition) => TaskArn.IdOf(taskDefinition).Split(':')[0];

    /// <summary>Whether its texts are those of a start, and safe for a terminal.</summary>
    internal bool IsValid => SessionIds.IsValid(SessionId) && Phases is not null
        && new[] { TaskDefinition, Cluster, Region }.All(text => text is { Length: > 0 and < 500 } && TerminalText.IsClean(text))
        && (Reason is null || (Reason.Length < 500 && TerminalText.IsClean(Reason)))
        && Phases.Named().All(phase => phase.Duration >= TimeSpan.Zero && phase.Duration < TimeSpan.FromDays(1));
}
