using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Model;

/// <summary>The contract between the module and start-sshd.sh: the environment by which a session reaches its container.</summary>
internal static class ContainerContract
{
    public const int DefaultPort = 22;
    public const string DefaultUserName = "root";
    public const string DefaultContainerName = "cli";

    /// <summary>Where start-sshd.sh lies in the images that this project's Dockerfiles make.</summary>
    public const string ScriptPath = "/usr/local/bin/start-sshd.sh";

    /// <summary>The beginning of the line in which start-sshd.sh says why it ends.</summary>
    public const string EndLine = "ecs-fargate-login end ";

    /// <summary>For how long start-sshd.sh waits for a connection that was lost, unless it is told otherwise.</summary>
    public static readonly TimeSpan DefaultReconnectWindow = TimeSpan.FromSeconds(120);

    /// <summary>
    /// The variables that are the contract's own: no user sets them, and start-sshd.sh, whose list this is too, keeps them from
    /// shells. Every other one of the container reaches its shells.
    /// </summary>
    public static IReadOnlySet<string> OwnVariables { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        AuthorizedKey, Port, "_SSH_LISTEN_ADDRESS", UserName, Nonce, "_SESSION_PROOF_KEY", "_LOGIN_TIMEOUT", "_IDLE_TIMEOUT",
        "_UNUSED_TIMEOUT", "_MAX_LIFETIME", "_RECONNECT_WINDOW", "_KEEP_SESSION",
    };

    private const string AuthorizedKey = "_AUTHORIZED_PUBLIC_KEY";
    private const string Nonce = "_SESSION_NONCE";
    private const string Port = "_SSH_PORT";
    private const string UserName = "_SSH_USER";

    /// <summary>A variable that every shell sets for itself.</summary>
    private const string LastArgument = "_";

    /// <summary>How a session's task can be reached, as ECS tells what it was started with.</summary>
    public static FargateTransport TransportOf(TaskDescription task) =>
        !task.EnablesExecuteCommand ? FargateTransport.Ssh
        : task.Overrides.Any(container => container.VariableNames.Contains(AuthorizedKey)) ? FargateTransport.Auto
        : FargateTransport.EcsExec;

    /// <summary>The container that a session's task was started for; null where ECS does not tell.</summary>
    public static string? LoginContainerOf(TaskDescription task) => task.Overrides
        .FirstOrDefault(container => container.HasCommand || container.VariableNames.Count > 0)?.ContainerName;

    /// <summary>
    /// The environment of a session's container: the user's variables and the contract's own. Port and user are only
    /// said where they are not the defaults, and limits where they were asked for, so that task definitions can set their
    /// own and containers that know nothing of them keep working.
    /// </summary>
    /// <param name="request">What the user asks for.</param>
    /// <param name="authorizedKey">The line that lets the session's key in.</param>
    /// <param name="nonce">What no other session has.</param>
    public static IReadOnlyDictionary<string, string> EnvironmentOf(SessionRequest request, string authorizedKey, string nonce)
    {
        Dictionary<string, string> environment = new(request.Environment) { [AuthorizedKey] = authorizedKey, [Nonce] = nonce };
        if (request.Port != DefaultPort)
        {
            environment[Port] = request.Port.ToString(CultureInfo.InvariantCulture);
        }

        if (request.UserName != DefaultUserName)
        {
            environment[UserName] = request.UserName;
        }

        foreach (var (name, value) in request.Limits.Variables())
        {
            environment[name] = value;
        }

        return environment;
    }

    /// <summary>A value that no other session has: whoever knows the key, which may be used again, does not know this.</summary>
    public static string CreateNonce() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>The end of the start line and of the host-key line that start-sshd.sh writes to the log.</summary>
    public static string LogTagOf(PublicKey key, string nonce) => $"for {key.Fingerprint} nonce={nonce}";

    /// <summary>Checks the user's environment variables and turns their values into text.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidEnvironmentVariable"/>.</exception>
    public static IReadOnlyDictionary<string, string> CheckVariables(IDictionary? variables)
    {
        Dictionary<string, string> result = new(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in variables ?? new Hashtable())
        {
            var name = variable.Key.ToString() ?? "";
            var value = Convert.ToString(variable.Value, CultureInfo.InvariantCulture) ?? "";
            CheckName(name);
            if (variable.Value is ICollection)
            {
                throw RequestErrors.MalformedVariable(name, "its value is a list");
            }

            if (value.Contains('\0', StringComparison.Ordinal))
            {
                throw RequestErrors.MalformedVariable(name, "its value holds a NUL character");
            }

            result[name] = value;
        }

        return result;
    }

    private static void CheckName(string name)
    {
        if (OwnVariables.Contains(name) || name == LastArgument)
        {
            throw RequestErrors.ReservedVariable(name);
        }

        if (name.Length == 0)
        {
            throw RequestErrors.MalformedVariable(name, "its name is empty");
        }

        if (name.Any(c => c == '=' || char.IsWhiteSpace(c) || char.IsControl(c)))
        {
            throw RequestErrors.MalformedVariable(name, "its name holds '=', white space or a control character");
        }
    }
}
