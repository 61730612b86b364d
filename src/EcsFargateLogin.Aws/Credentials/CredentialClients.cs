using Amazon.Runtime;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Aws.Errors;
using EcsFargateLogin.Aws.Profiles;
using EcsFargateLogin.Aws.Sts;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>
/// The settings of the services that issue keys. Environment and current profile apply, but not -EndpointUrl: as in the
/// AWS CLI, it is for the command's own calls.
/// </summary>
/// <param name="profile">The current profile, or null.</param>
/// <param name="region">The connection's region.</param>
internal sealed class CredentialClients(Profile? profile, string region)
{
    private readonly ServiceSettings _services = new(new CloudSettings(), profile);

    /// <summary>Creates a client of STS in the connection's region.</summary>
    /// <param name="credentials">The credentials that assume a role.</param>
    internal StsClient Sts(AWSCredentials credentials) =>
        new(credentials, Settings(StsClient.ServiceId, StsClient.SigningName, region));

    /// <summary>Returns the settings of a service in a region.</summary>
    /// <param name="serviceId">The service's id in its model.</param>
    /// <param name="prefix">The first part of its host names.</param>
    /// <param name="ofRegion">The region.</param>
    internal ClientSettings Settings(string serviceId, string prefix, string ofRegion) =>
        _services.Of(serviceId, prefix, ofRegion);

    /// <summary>Calls a service; the error of a failure names the credentials and the reason.</summary>
    /// <param name="source">The source of the credentials, for display.</param>
    /// <param name="operation">The operation, such as sts:AssumeRole.</param>
    /// <param name="endpoint">The endpoint of the request.</param>
    /// <param name="send">Sends the request.</param>
    internal static async Task<T> CallAsync<T>(string source, string operation, Uri endpoint, Func<Task<T>> send)
    {
        try
        {
            return await send();
        }
        catch (Exception exception) when (exception is not (FargateException or OperationCanceledException))
        {
            var failure = FailureTranslator.Translate(exception, new ServiceCall(operation, endpoint, source));
            // An error of the credentials that signed the request takes precedence.
            throw CredentialCheck.Known(exception) ?? CredentialErrors.CredentialsUnusable(source, failure.Summary, failure);
        }
    }
}
