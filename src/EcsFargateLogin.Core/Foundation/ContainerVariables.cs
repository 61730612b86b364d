namespace EcsFargateLogin.Foundation;

/// <summary>
/// The names of the environment variables that the module and start-sshd.sh agree on. The script has the same list, and keeps
/// them from shells; no user sets them.
/// </summary>
internal static class ContainerVariables
{
    /// <summary>The line of authorized_keys with the session's public key.</summary>
    public const string AuthorizedKey = "_AUTHORIZED_PUBLIC_KEY";

    /// <summary>The port that sshd listens on.</summary>
    public const string Port = "_SSH_PORT";

    /// <summary>The address that sshd listens on; task definitions set it.</summary>
    public const string ListenAddress = "_SSH_LISTEN_ADDRESS";

    /// <summary>The user that logs in.</summary>
    public const string UserName = "_SSH_USER";

    /// <summary>A value of the session alone, which the container repeats in its log.</summary>
    public const string Nonce = "_SESSION_NONCE";

    /// <summary>A key that start-sshd.sh hands to its own processes.</summary>
    public const string ProofKey = "_SESSION_PROOF_KEY";

    /// <summary>The seconds within which somebody must have logged in.</summary>
    public const string LoginTimeout = "_LOGIN_TIMEOUT";

    /// <summary>The seconds without input or output after which the task ends.</summary>
    public const string IdleTimeout = "_IDLE_TIMEOUT";

    /// <summary>The seconds that a kept session goes on without a login.</summary>
    public const string UnusedTimeout = "_UNUSED_TIMEOUT";

    /// <summary>The seconds after which the task ends in any case.</summary>
    public const string MaxLifetime = "_MAX_LIFETIME";

    /// <summary>The seconds that the task waits after a lost connection.</summary>
    public const string ReconnectWindow = "_RECONNECT_WINDOW";

    /// <summary>Set by a login that asks the container to go on after a logout in good order, too.</summary>
    public const string KeepSession = "_KEEP_SESSION";

    /// <summary>All of them.</summary>
    public static IReadOnlySet<string> All { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        AuthorizedKey, Port, ListenAddress, UserName, Nonce, ProofKey, LoginTimeout, IdleTimeout, UnusedTimeout, MaxLifetime,
        ReconnectWindow, KeepSession,
    };
}
