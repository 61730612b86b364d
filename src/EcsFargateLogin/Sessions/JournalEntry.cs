using System.Text.Json.Serialization;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Sessions;

/// <summary>What is remembered of a session: enough to find its task from ECS alone, to enter it again and to stop it.</summary>
internal sealed record JournalEntry
{
    public required string SessionId { get; init; }

    public required string Cluster { get; init; }

    public required string TaskDefinition { get; init; }

    public required string ContainerName { get; init; }

    public required string UserName { get; init; }

    public required int Port { get; init; }

    public required bool AssignPublicIp { get; init; }

    public required string Region { get; init; }

    public CredentialOrigin CredentialOrigin { get; init; }

    public string? ProfileName { get; init; }

    public string? ProfileLocation { get; init; }

    public string? EndpointUrl { get; init; }

    public required string ClientToken { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Where the container's log goes, or null when that is not known.</summary>
    public ContainerLog? Log { get; init; }

    /// <summary>After how many seconds timeout ends the container's command; null where it does not.</summary>
    public int? CommandLimit { get; init; }

    /// <summary>For how many seconds the container waits for a lost connection; null where that was not asked for.</summary>
    public int? ReconnectWindow { get; init; }

    /// <summary>Null until RunTask has answered.</summary>
    public string? TaskArn { get; init; }

    /// <summary>Whether all that must be there is: what was read may have been written by something else.</summary>
    [JsonIgnore]
    public bool IsWhole => SessionId is not null && Cluster is not null && TaskDefinition is not null
        && ContainerName is not null && UserName is not null && Region is not null && ClientToken is not null;
}
