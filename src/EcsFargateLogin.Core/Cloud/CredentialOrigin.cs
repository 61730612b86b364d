namespace EcsFargateLogin;

/// <summary>How the credentials of a session were named, and so how later commands find them again.</summary>
public enum CredentialOrigin
{
    /// <summary>Not at all: the environment, a container or an instance had them.</summary>
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
