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

    public string? ProfileName { get; init; }

    public string? EndpointUrl { get; init; }

    public required string ClientToken { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Where the container's log goes, or null when that is not known.</summary>
    public ContainerLog? Log { get; init; }

    /// <summary>Null until RunTask has answered.</summary>
    public string? TaskArn { get; init; }

    /// <summary>How AWS is reached for it, as it was when it was started.</summary>
    [JsonIgnore]
    public CloudSettings Connection => new() { ProfileName = ProfileName, Region = Region, EndpointUrl = EndpointUrl };

    /// <summary>Whether all that must be there is: what was read may have been written by something else.</summary>
    [JsonIgnore]
    public bool IsWhole => SessionId is not null && Cluster is not null && TaskDefinition is not null
        && ContainerName is not null && UserName is not null && Region is not null && ClientToken is not null;
}
