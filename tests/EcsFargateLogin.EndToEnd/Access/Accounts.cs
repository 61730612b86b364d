using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;
using LocalFargate.Signing;

namespace EcsFargateLogin.EndToEnd.Access;

/// <summary>Accounts that accept one set of temporary keys, and not those of the environment.</summary>
internal static class Accounts
{
    public const string AccessKey = "AKIDGIVEN";
    public const string SecretKey = "planted-secret-given";
    public const string SessionToken = "planted-token-given";

    /// <summary>The parameters that name the keys; they are the script's arguments 0 to 2.</summary>
    public const string ByKeys = "-AccessKey $args[0] -SecretKey $args[1] -SessionToken $args[2]";

    public static object[] Keys { get; } = [AccessKey, SecretKey, SessionToken];

    public static Task<Operator> StartAsync() => StartAsync(SessionToken);

    public static Task<Operator> StartAsync(string? sessionToken) => StartAsync(AccessKey, SecretKey, sessionToken);

    public static Task<Operator> StartAsync(string accessKey, string secretKey, string? sessionToken) =>
        Operator.StartAsync(new LocalFargateOptions
        {
            Credentials = [new AwsCredential(accessKey, secretKey) { SessionToken = sessionToken }],
        });
}
