using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin;

// Errors about the parameters and session variables that say how AWS is reached.
internal static partial class FargateErrors
{
    internal static FargateException KeysIncomplete(string given, string missing) => new(
        FargateError.InvalidCredential,
        $"{given} was given without {missing}.",
        "Give -AccessKey and -SecretKey together, with -SessionToken where the keys are temporary, "
            + "or name a profile with -ProfileName.")
    {
        Target = missing,
    };

    internal static FargateException ProfileAndCredential() => new(
        FargateError.InvalidCredential,
        "-ProfileName and -Credential were both given, and each names credentials.",
        "Give one of them.")
    {
        Target = "-Credential",
    };

    internal static FargateException CredentialUnknown(string source, Type type) => new(
        FargateError.InvalidCredential,
        $"What {source} holds, an object of type {type.FullName}, is no credentials object that is known here.",
        "Give a credentials object of AWS Tools for PowerShell (Get-AWSCredential, New-AWSCredential), a PSCredential with "
            + "the access key as its user name and the secret key as its password, or name a profile with -ProfileName.")
    {
        Target = source,
    };

    internal static FargateException SessionCredentialsGone(FargateSession session, string source) => new(
        FargateError.NoCredentials,
        $"The session {session} was started with {source}, which this PowerShell does not have (any more); "
            + "credentials are never written to disk.",
        session.CredentialOrigin == CredentialOrigin.StoredCredentials
            ? "Set it again with Set-AWSCredential, or name a profile with -ProfileName."
            : $"Give the same {source} again, or name a profile with -ProfileName.")
    {
        Target = session.SessionId,
    };

    internal static FargateException MfaCodeUnavailable(MfaRequest request, string why) => new(
        FargateError.NoCredentials,
        $"Profile '{request.ProfileName}' needs a code of the MFA device {request.SerialNumber}, but {why}.",
        "Run the command where PowerShell can ask you, or name a profile whose keys are temporary ones with MFA "
            + "(aws sts get-session-token).")
    {
        Target = request.ProfileName,
    };

    /// <summary>What a command line about a session lacks: credentials that are never repeated, or a file.</summary>
    private static string WithCredentials(FargateSession session) => session switch
    {
        { CredentialOrigin: CredentialOrigin.Keys or CredentialOrigin.Credential } =>
            $" (with the credentials that {session.CredentialOrigin.ToText()} held)",
        { ProfileLocation: { } location } => $" (the latter with AWS_SHARED_CREDENTIALS_FILE={CommandText.Word(location)})",
        _ => "",
    };
}
