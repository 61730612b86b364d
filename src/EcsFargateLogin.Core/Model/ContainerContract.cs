using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Model;

/// <summary>The contract between the module and start-sshd.sh: the environment that configures a session's container.</summary>
internal static class ContainerContract
{
    public const int DefaultPort = 22;
    public const string DefaultUserName = "root";
    public const string DefaultContainerName = "cli";

    /// <summary>The path of start-sshd.sh in the images of this project's Dockerfiles.</summary>
    public const string ScriptPath = "/usr/local/bin/start-sshd.sh";

    /// <summary>The beginning of the line in which start-sshd.sh logs the reason why it ends.</summary>
    public const string EndLine = "ecs-fargate-login end ";

    /// <summary>The beginning of the line in which start-sshd.sh logs its host key.</summary>
    public const string HostKeyLine = "ecs-fargate-login host-key ";

    /// <summary>What precedes the proof in the server's version line.</summary>
    public const string ProofPrefix = " ecs-fargate-login proof=";

    /// <summary>The command by which start-sshd.sh adds another key for the session's user, or takes it away.</summary>
    public const string AccessCommand = "ecs-fargate-login-access";

    /// <summary>The default time for which start-sshd.sh waits after a connection was lost.</summary>
    public static readonly TimeSpan DefaultReconnectWindow = TimeSpan.FromSeconds(120);

    /// <summary>A variable that every shell sets itself.</summary>
    private const string LastArgument = "_";

    /// <summary>Returns the transport of a session's task, from the overrides that ECS reports.</summary>
    public static FargateTransport TransportOf(TaskDescription task) =>
        !task.EnablesExecuteCommand ? FargateTransport.Ssh
        : task.Overrides.Any(container => container.VariableNames.Contains(ContainerVariables.AuthorizedKey))
            ? FargateTransport.Auto
        : FargateTransport.EcsExec;

    /// <summary>Returns the container that a session's task was started for; null where ECS does not report it.</summary>
    public static string? LoginContainerOf(TaskDescription task) => task.Overrides
        .FirstOrDefault(container => container.HasCommand || container.VariableNames.Count > 0)?.ContainerName;

    /// <summary>
    /// Returns the environment of a session's container: the user's variables and those of the contract. Port and user are set
    /// only where they differ from the defaults, and limits only where they were requested, so that task definitions can set them
    /// and other containers keep working.
    /// </summary>
    /// <param name="request">The user's request.</param>
    /// <param name="authorizedKey">The line of authorized_keys for the session's key.</param>
    /// <param name="nonce">The session's nonce.</param>
    /// <param name="proofKey">The session's secret for the proof of its host key.</param>
    public static IReadOnlyDictionary<string, string> EnvironmentOf(
        SessionRequest request, string authorizedKey, string nonce, string proofKey)
    {
        Dictionary<string, string> environment = new(request.Environment)
        {
            [ContainerVariables.AuthorizedKey] = authorizedKey,
            [ContainerVariables.Nonce] = nonce,
            [ContainerVariables.ProofKey] = proofKey,
        };
        if (request.Port != DefaultPort)
        {
            environment[ContainerVariables.Port] = request.Port.ToString(CultureInfo.InvariantCulture);
        }

        if (request.UserName != DefaultUserName)
        {
            environment[ContainerVariables.UserName] = request.UserName;
        }

        foreach (var (name, value) in request.Limits.Variables())
        {
            environment[name] = value;
        }

        return environment;
    }

    /// <summary>Creates a random value for one session. Unlike the key, which may be used again, it is never reused.</summary>
    public static string CreateNonce() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Creates the secret of one session by which its container proves its host key: 32 bytes in hexadecimal.</summary>
    public static string CreateProofKey() => RandomNumberGenerator.GetHexString(64, lowercase: true);

    /// <summary>Returns the text that ends the start line and the host-key line of start-sshd.sh in the log.</summary>
    public static string LogTagOf(PublicKey key, string nonce) => $"for {key.Fingerprint} nonce={nonce}";

    /// <summary>
    /// Returns what the proof in the version line is of: type and text of the host key, and the session's nonce. Which keys may log in
    /// is not part of it, because an image may add some.
    /// </summary>
    /// <param name="key">The host key.</param>
    /// <param name="tag">The session's tag, as <see cref="LogTagOf"/> returns it.</param>
    public static string ProvenTextOf(PublicKey key, string tag) =>
        $"{HostKeyLine}{key}{(tag.IndexOf(" nonce=", StringComparison.Ordinal) is >= 0 and var start ? tag[start..] : "")}";

    /// <summary>Validates the user's environment variables and converts their values to text.</summary>
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
        if (ContainerVariables.All.Contains(name) || name == LastArgument)
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
