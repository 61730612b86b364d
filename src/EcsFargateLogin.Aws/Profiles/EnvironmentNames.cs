namespace EcsFargateLogin.Aws.Profiles;

/// <summary>The environment variables that AWS's tools share. An empty one counts as not set.</summary>
internal static class EnvironmentNames
{
    internal const string AccessKey = "AWS_ACCESS_KEY_ID";
    internal const string SecretKey = "AWS_SECRET_ACCESS_KEY";
    internal const string SessionToken = "AWS_SESSION_TOKEN";
    internal const string SecurityToken = "AWS_SECURITY_TOKEN";
    internal const string Expiration = "AWS_CREDENTIAL_EXPIRATION";
    internal const string Region = "AWS_REGION";
    internal const string DefaultRegion = "AWS_DEFAULT_REGION";
    internal const string EndpointUrl = "AWS_ENDPOINT_URL";
    internal const string IgnoreEndpointUrls = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";
    internal const string UseFips = "AWS_USE_FIPS_ENDPOINT";
    internal const string UseDualStack = "AWS_USE_DUALSTACK_ENDPOINT";
    internal const string MaxAttempts = "AWS_MAX_ATTEMPTS";
    internal const string RetryMode = "AWS_RETRY_MODE";
    internal const string WebIdentityTokenFile = "AWS_WEB_IDENTITY_TOKEN_FILE";
    internal const string WebIdentityRole = "AWS_ROLE_ARN";
    internal const string RoleSessionName = "AWS_ROLE_SESSION_NAME";
    internal const string ContainerRelativeUri = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
    internal const string ContainerFullUri = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
    internal const string MetadataDisabled = "AWS_EC2_METADATA_DISABLED";
    internal const string MetadataV1Disabled = "AWS_EC2_METADATA_V1_DISABLED";
    internal const string MetadataEndpoint = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
    internal const string MetadataEndpointMode = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE";

    /// <summary>The name of the profile, in the AWS CLI's order.</summary>
    internal static string? ProfileName => Value("AWS_PROFILE") ?? Value("AWS_DEFAULT_PROFILE");

    internal static string? Value(string name) =>
        Environment.GetEnvironmentVariable(name)?.Trim() is { Length: > 0 } value ? value : null;

    /// <summary>Returns a variable as a switch; null if it is not set.</summary>
    internal static bool? Switch(string name) =>
        Value(name) is { } value ? value.Equals("true", StringComparison.OrdinalIgnoreCase) : null;
}
