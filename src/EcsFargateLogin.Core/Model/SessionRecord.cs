using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Model;

/// <summary>
/// The facts of a session that its launch decides: enough to find its task in ECS, to log in to it and to stop it. <see
/// cref="FargateSession"/> holds the record, and the journal writes and reads it unchanged. For tasks that others started, most
/// of it is unknown and has the default.
/// </summary>
internal sealed record SessionRecord
{
    /// <summary>The version of records that this module writes and reads.</summary>
    public const int CurrentVersion = 1;

    public static readonly TimeSpan DefaultStartTimeout = TimeSpan.FromMinutes(5);

    [JsonRequired]
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The session's short id; empty for tasks that others started.</summary>
    [JsonRequired]
    public string SessionId { get; init; } = "";

    /// <summary>The connection to AWS that the session was started with. Later commands use the same one.</summary>
    [JsonRequired]
    public AwsConnection Connection { get; init; } = new();

    /// <summary>The cluster's name or ARN, as given.</summary>
    [JsonRequired]
    public string Cluster { get; init; } = "default";

    /// <summary>The task definition, as given; null where only ECS can tell it.</summary>
    [JsonRequired]
    public string? TaskDefinition { get; init; }

    /// <summary>The container that runs the SSH server; null where it is not known.</summary>
    [JsonRequired]
    public string? ContainerName { get; init; }

    /// <summary>The user to log in as.</summary>
    [JsonRequired]
    public string UserName { get; init; } = ContainerContract.DefaultUserName;

    /// <summary>The port of the SSH server.</summary>
    [JsonRequired]
    public int Port { get; init; } = ContainerContract.DefaultPort;

    /// <summary>The transport that it was started with.</summary>
    [JsonRequired]
    public FargateTransport Transport { get; init; }

    /// <summary>The route that it was started with.</summary>
    public FargateRoute Route { get; init; }

    /// <summary>The EC2 Instance Connect Endpoint to use; null for one of the task's VPC.</summary>
    public string? InstanceConnectEndpoint { get; init; }

    /// <summary>Whether the key can log in from some addresses only, as the server sees them.</summary>
    public bool HasFromAddresses { get; init; }

    /// <summary>Whether the task was to get a public address; null when others started it.</summary>
    [JsonRequired]
    public bool? AssignPublicIp { get; init; }

    /// <summary>The type of its one-time key.</summary>
    public SshKeyType KeyType { get; init; }

    /// <summary>The user's own key, which is never deleted; null for a one-time key.</summary>
    public string? OwnKeyPath { get; init; }

    /// <summary>Whether the user's agent holds that key.</summary>
    public bool IsKeyInAgent { get; init; }

    /// <summary>The method to verify its host key.</summary>
    public HostKeyVerification HostKeyVerification { get; init; }

    /// <summary>The unique text that ends the container's own lines in the log; null where it is unknown.</summary>
    public string? LogTag { get; init; }

    /// <summary>The limits that the container enforces.</summary>
    public SessionLimits Limits { get; init; } = new();

    /// <summary>The time after which the program timeout ends the container's command; null where it is not used.</summary>
    public TimeSpan? CommandLimit { get; init; }

    /// <summary>The time limit from <see cref="CreatedAt"/> until the task runs.</summary>
    public TimeSpan StartTimeout { get; init; } = DefaultStartTimeout;

    /// <summary>The destination of the container's log; null when that is not CloudWatch Logs or not known.</summary>
    public ContainerLog? Log { get; init; }

    /// <summary>The account of the task definition, and so of the task; null where it could not be read.</summary>
    public string? DefinitionAccount { get; init; }

    /// <summary>
    /// The rule that admits this machine's address, from before it is added until it is removed; null without one.
    /// </summary>
    public IngressRule? Ingress { get; init; }

    /// <summary>The client token of the latest RunTask.</summary>
    [JsonRequired]
    public string ClientToken { get; init; } = "";

    /// <summary>The time of the latest RunTask, by this machine's clock.</summary>
    [JsonRequired]
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null until RunTask has answered.</summary>
    public string? TaskArn { get; init; }

    /// <summary>Creates the record of a new session with the facts that the user's request decides.</summary>
    public static SessionRecord Of(SessionRequest request, string sessionId, AwsConnection connection) => new()
    {
        SessionId = sessionId,
        Connection = connection,
        Cluster = request.Cluster,
        TaskDefinition = request.TaskDefinition,
        UserName = request.UserName,
        Port = request.Port,
        Transport = request.Transport,
        Route = request.Route,
        InstanceConnectEndpoint = request.InstanceConnectEndpoint,
        HasFromAddresses = request.FromAddresses.Count > 0,
        AssignPublicIp = request.AssignPublicIp,
        KeyType = request.KeyType,
        HostKeyVerification = request.HostKeyVerification,
        StartTimeout = request.StartTimeout,
        CreatedAt = DateTimeOffset.UtcNow,
    };

    /// <summary>
    /// Returns the path of the private key: the one-time key in the folder, or the user's own. Null without ssh.
    /// </summary>
    public string? KeyPathIn(string folder) =>
        Transport.HasSsh() ? OwnKeyPath ?? Path.Combine(folder, KeyFileOf(KeyType)) : null;

    /// <summary>Returns the path of the session's own known_hosts. Null without ssh.</summary>
    public string? KnownHostsPathIn(string folder) => Transport.HasSsh() ? Path.Combine(folder, "known_hosts") : null;

    /// <summary>The file of the secret by which its container proves its host key. It is in the session's folder, and in no record.</summary>
    public const string ProofKeyFile = "proof_key";

    /// <summary>Returns the file name of a one-time key.</summary>
    public static string KeyFileOf(SshKeyType type) => type switch
    {
        SshKeyType.Ecdsa => "id_ecdsa",
        SshKeyType.Rsa => "id_rsa",
        _ => "id_ed25519",
    };

    /// <summary>Says why a record is not that of a session; null where it is.</summary>
    public string? FaultFor(string sessionId) => this switch
    {
        { Version: not CurrentVersion } => string.Create(
            CultureInfo.InvariantCulture, $"it is of version {Version}, and this module reads version {CurrentVersion}"),
        _ when Connection?.Region is null || Cluster is null || TaskDefinition is null || ContainerName is null
            || UserName is null || AssignPublicIp is null || Limits is null || ClientToken is null =>
            "something that every session has is missing in it",
        _ when SessionId != sessionId => "it is of another session",
        _ => null,
    };
}

/// <summary>A route on which a session's SSH server has answered.</summary>
/// <param name="Route">The route.</param>
/// <param name="Address">The address that ssh connects to: the task's, or this machine's for a route through AWS.</param>
/// <param name="Port">The port there.</param>
internal sealed record OpenRoute(FargateRoute Route, string Address, int Port)
{
    /// <summary>Whether it leads through AWS, by a port of this process.</summary>
    public bool IsLocal => Route is FargateRoute.InstanceConnect or FargateRoute.SessionManager;
}

/// <summary>A session with a folder, but without a usable record.</summary>
/// <param name="SessionId">Its id.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="Why">The reason.</param>
internal sealed record DamagedEntry(string SessionId, string Folder, string Why);

/// <summary>The short ids of sessions. Each is also the startedBy of its task, and the name of its folder.</summary>
internal static partial class SessionIds
{
    /// <summary>Creates an id of letters that are easily told apart, because people read it aloud and type it.</summary>
    public static string Create() => "fl-" + RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 10);

    /// <summary>Whether the text is an id, and so safe in a path.</summary>
    public static bool IsValid(string? text) => text is not null && Pattern().IsMatch(text);

    [GeneratedRegex(@"\Afl-[A-Za-z0-9_-]{1,120}\z")]
    private static partial Regex Pattern();
}

/// <summary>
/// Keeps the credentials that users passed for sessions of this process. They are needed to stop the task, are held in memory
/// only, and are forgotten when the session is closed.
/// </summary>
internal static class SessionCredentials
{
    private static readonly ConcurrentDictionary<string, ICredentialSource> BySession = [];

    public static void Remember(string sessionId, ICredentialSource source) => BySession[sessionId] = source;

    public static ICredentialSource? Find(string sessionId) => BySession.GetValueOrDefault(sessionId);

    public static void Forget(string sessionId) => BySession.TryRemove(sessionId, out _);
}
