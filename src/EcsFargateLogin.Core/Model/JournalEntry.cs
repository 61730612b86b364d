using System.Globalization;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Model;

/// <summary>What is remembered of a session: enough to find its task from ECS alone, to enter it again and to stop it.</summary>
internal sealed record JournalEntry
{
    /// <summary>The version of entries that this module writes and reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of this entry; 0 where none was written down.</summary>
    public required int Version { get; init; }

    public required string SessionId { get; init; }

    public required string Cluster { get; init; }

    public required string TaskDefinition { get; init; }

    public required string ContainerName { get; init; }

    public required string UserName { get; init; }

    public required int Port { get; init; }

    /// <summary>How its container can be reached.</summary>
    public FargateTransport Transport { get; init; }

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

    /// <summary>The kind of its one-time key.</summary>
    public SshKeyType KeyType { get; init; }

    /// <summary>The user's own key, which is never deleted; null for a one-time key.</summary>
    public string? OwnKeyPath { get; init; }

    /// <summary>Whether the user's agent holds that key.</summary>
    public bool IsKeyInAgent { get; init; }

    /// <summary>How its host key is to be verified.</summary>
    public HostKeyVerification HostKeyVerification { get; init; }

    /// <summary>What the container's own lines in the log end with, or null when that is not known.</summary>
    public string? HostKeyMark { get; init; }

    /// <summary>After how many seconds the task ends by itself, where that was asked for; 0 for never.</summary>
    public int? MaxLifetime { get; init; }

    /// <summary>After how many seconds timeout ends the container's command; null where it does not.</summary>
    public int? CommandLimit { get; init; }

    /// <summary>The rule that lets this machine's address in, from before it is added until it is removed; null without one.</summary>
    public IngressRule? Ingress { get; init; }

    /// <summary>For how many seconds the container waits for a connection that was lost; null where that was not asked for.</summary>
    public int? ReconnectWindow { get; init; }

    /// <summary>Null until RunTask has answered.</summary>
    public string? TaskArn { get; init; }

    /// <summary>The account of the task definition, and so of the task; null where it could not be read.</summary>
    public string? Account { get; init; }

    /// <summary>Why what was read is no entry of a session; null where it is one.</summary>
    public string? FaultFor(string sessionId) => this switch
    {
        { Version: not CurrentVersion } => string.Create(
            CultureInfo.InvariantCulture, $"it is of version {Version}, and this module reads version {CurrentVersion}"),
        _ when Cluster is null || TaskDefinition is null || ContainerName is null || UserName is null || Region is null
            || ClientToken is null => "something that every session has is missing in it",
        _ when SessionId != sessionId => "it is of another session",
        _ => null,
    };
}

/// <summary>A session of which it is known that it was, because its folder is there, and little else.</summary>
/// <param name="SessionId">Its id.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="Why">Why its entry cannot be used.</param>
internal sealed record DamagedEntry(string SessionId, string Folder, string Why);
