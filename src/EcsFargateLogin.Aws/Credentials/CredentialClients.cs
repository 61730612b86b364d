using Amazon.Runtime;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Aws.Errors;
using EcsFargateLogin.Aws.Profiles;
using EcsFargateLogin.Aws.Sts;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>
/// How the services that hand out keys are reached: by what the environment and the profile in force configure, but not
/// by -EndpointUrl, which is meant for the command's own calls, as in the AWS CLI.
/// </summary>
/// <param name="profile">The profile in force, or null.</param>
/// <param name="region">The connection's region.</param>
internal sealed class CredentialClients(Profile? profile, string region)
{
    /// <summary>STS in the connection's region.</summary>
    /// <param name="credentials">What assumes a role.</param>
    internal StsClient Sts(AWSCredentials credentials) =>
        new(credentials, Settings(StsClient.ServiceId, StsClient.SigningName, region));

    /// <summary>How a service is reached in a region.</summary>
    /// <param name="serviceId">The service's id in its model.</param>
    /// <param name="prefix">The first part of its host names.</param>
    /// <param name="ofRegion">The region.</param>
    internal ClientSettings Settings(string serviceId, string prefix, string ofRegion)
    {
        var endpoint = new ServiceEndpoints(new CloudSettings(), profile, ofRegion).Resolve(serviceId, prefix);
        return new(serviceId, prefix, ofRegion, endpoint) { Retries = RetrySettings.Of(profile) };
    }

    /// <summary>Calls one of these services, and says of a failure which credentials could not be obtained, and why.</summary>
    /// <param name="source">The credentials, for people.</param>
    /// <param name="operation">What is called, such as sts:AssumeRole.</param>
    /// <param name="endpoint">Where the request goes.</param>
    /// <param name="send">Sends it.</param>
    internal static async Task<T> CallAsync<T>(string source, string operation, Uri endpoint, Func<Task<T>> send)
    {
        try
        {
            return await send();
        }
        catch (Exception exception) when (exception is not (FargateException or OperationCanceledException))
        {
            var failure = FailureTranslator.Translate(exception, new ServiceCall(operation, endpoint, source));
            // What it was signed with has an error of its own.
            throw CredentialCheck.Known(exception) ?? CredentialErrors.CredentialsUnusable(source, failure.Summary, failure);
        }
    }
}
