namespace EcsFargateLogin.Connection;

/// <summary>Errors about the parameters and session variables that say how AWS is reached.</summary>
internal static class ConnectionErrors
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
}
