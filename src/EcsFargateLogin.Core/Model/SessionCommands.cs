using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Model;

/// <summary>Command lines about a session, for what to do next.</summary>
internal static class SessionCommands
{
    /// <summary>A note about the part that a command line about a session lacks: credentials that are never repeated, or a file.</summary>
    internal static string WithCredentials(FargateSession session) => session switch
    {
        { CredentialOrigin: CredentialOrigin.Keys or CredentialOrigin.Credential } =>
            $" (with the credentials that {session.CredentialOrigin.ToText()} held)",
        { ProfileLocation: { } location } => $" (the latter with AWS_SHARED_CREDENTIALS_FILE={CommandText.Word(location)})",
        _ => "",
    };

    internal static string AwsCli(FargateSession session, string operation, params string[] arguments) => CommandText.Of(
        "aws",
        [
            "ecs", operation, "--cluster", session.Cluster, .. arguments, .. Option("--region", session.Region),
            .. Option("--profile", session.ProfileName), .. Option("--endpoint-url", session.EndpointUrl),
        ]);

    internal static string StopCmdlet(FargateSession session) => CommandText.ForPowerShell(
        "Stop-FargateSession",
        [
            "-TaskArn", session.TaskArn, "-Cluster", session.Cluster, .. Option("-Region", session.Region),
            .. Option("-ProfileName", session.ProfileName), .. Option("-ProfileLocation", session.ProfileLocation),
            .. Option("-EndpointUrl", session.EndpointUrl),
        ]);

    internal static string[] Option(string name, string? value) => string.IsNullOrEmpty(value) ? [] : [name, value];
}
