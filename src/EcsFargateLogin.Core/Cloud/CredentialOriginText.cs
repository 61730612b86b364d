namespace EcsFargateLogin.Cloud;

/// <summary>Origins of credentials in the words that users type.</summary>
internal static class CredentialOriginText
{
    public static string ToText(this CredentialOrigin origin) => origin switch
    {
        CredentialOrigin.Profile => "-ProfileName",
        CredentialOrigin.Keys => "-AccessKey and -SecretKey",
        CredentialOrigin.Credential => "-Credential",
        CredentialOrigin.StoredCredentials => "$StoredAWSCredentials",
        _ => "the default credentials",
    };
}
