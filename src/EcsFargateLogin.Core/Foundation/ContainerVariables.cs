namespace EcsFargateLogin.Foundation;

/// <summary>
/// The environment variables of the contract between the module and start-sshd.sh. The script has the same list and does not pass
/// them to shells; users cannot set them.
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

    /// <summary>The session's nonce, which the container repeats in its log.</summary>
    public const string Nonce = "_SESSION_NONCE";

    /// <summary>The session's secret, by which the container proves its host key in the server's version line.</summary>
    public const string ProofKey = "_SESSION_PROOF_KEY";

    /// <summary>The time until the first login, in seconds.</summary>
    public const string LoginTimeout = "_LOGIN_TIMEOUT";

    /// <summary>The time without input and output after which the task ends, in seconds.</summary>
    public const string IdleTimeout = "_IDLE_TIMEOUT";

    /// <summary>The time without a login after which a kept session ends, in seconds.</summary>
    public const string UnusedTimeout = "_UNUSED_TIMEOUT";

    /// <summary>The time after which the task ends in any case, in seconds.</summary>
    public const string MaxLifetime = "_MAX_LIFETIME";

    /// <summary>The time for which the task waits after a lost connection, in seconds.</summary>
    public const string ReconnectWindow = "_RECONNECT_WINDOW";

    /// <summary>Set by a login to make the container wait for another login also after an orderly logout.</summary>
    public const string KeepSession = "_KEEP_SESSION";

    /// <summary>All names.</summary>
    public static IReadOnlySet<string> All { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        AuthorizedKey, Port, ListenAddress, UserName, Nonce, ProofKey, LoginTimeout, IdleTimeout, UnusedTimeout, MaxLifetime,
        ReconnectWindow, KeepSession,
    };
}
