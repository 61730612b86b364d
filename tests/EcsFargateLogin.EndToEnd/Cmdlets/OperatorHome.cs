using System.Runtime.CompilerServices;
using LocalFargate.Signing;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>
/// What the PowerShells in this process find in their environment, which they share: credentials of LocalFargate, no
/// other configuration of AWS, and a place for sessions that goes with the process.
/// </summary>
internal static class OperatorHome
{
    /// <summary>XDG_STATE_HOME of this process.</summary>
    public static string StateHome { get; } = Directory.CreateTempSubdirectory("fargate-login-tests-").FullName;

    [ModuleInitializer]
    internal static void Furnish()
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(StateHome, recursive: true);
        foreach (var (name, value) in new Dictionary<string, string?>
        {
            ["XDG_STATE_HOME"] = StateHome,
            ["XDG_CONFIG_HOME"] = Path.Combine(StateHome, "config"),
            ["AWS_ACCESS_KEY_ID"] = AwsCredential.OfThisProcess.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = AwsCredential.OfThisProcess.SecretAccessKey,
            ["AWS_SESSION_TOKEN"] = null,
            ["AWS_PROFILE"] = null,
            ["AWS_REGION"] = null,
            ["AWS_DEFAULT_REGION"] = null,
            ["AWS_ENDPOINT_URL"] = null,
            ["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(StateHome, "no-credentials"),
            ["AWS_CONFIG_FILE"] = Path.Combine(StateHome, "no-config"),
            ["AWS_EC2_METADATA_DISABLED"] = "true",
        })
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }
}
