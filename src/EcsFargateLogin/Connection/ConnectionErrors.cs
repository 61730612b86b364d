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

    internal static FargateException CredentialUnknown(string source, string kind) => new(
        FargateError.InvalidCredential,
        $"{source} takes a credentials object of AWS Tools for PowerShell or a PSCredential, and holds {kind}.",
        "Give what Get-AWSCredential or New-AWSCredential returns, or a PSCredential with the access key as its user name and "
            + "the secret key as its password (Get-Credential); or name a profile with -ProfileName.")
    {
        Target = source,
    };

    internal static FargateException RegionUnknown(string source, string kind) => new(
        FargateError.NoRegion,
        $"{source} takes the name of an AWS region or a region object of AWS Tools, and holds {kind}.",
        "Name the region by a text such as eu-central-1.")
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
