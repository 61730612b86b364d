namespace EcsFargateLogin;

/// <summary>The origin of a session's credentials, by which later commands find them again.</summary>
public enum CredentialOrigin
{
    /// <summary>Not specified: they come from the environment, a container or an instance.</summary>
    Default,
    /// <summary>By a profile: the session's ProfileName.</summary>
    Profile,
    /// <summary>By -AccessKey and -SecretKey. Only the PowerShell that started the session has them.</summary>
    Keys,
    /// <summary>By -Credential. Only the PowerShell that started the session has it.</summary>
    Credential,
    /// <summary>By the session variable $StoredAWSCredentials of AWS Tools for PowerShell.</summary>
    StoredCredentials,
}
