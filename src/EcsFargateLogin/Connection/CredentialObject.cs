using System.Management.Automation;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Connection;

/// <summary>Reads what -Credential and $StoredAWSCredentials may hold.</summary>
internal static class CredentialObject
{
    /// <exception cref="FargateException"><see cref="FargateError.InvalidCredential"/>.</exception>
    public static ICredentialSource ToSource(object value, CredentialOrigin origin)
    {
        var credential = value is PSObject wrapped ? wrapped.BaseObject : value;
        return credential is PSCredential keys
            ? new GivenKeys(origin, new AccessKeys(keys.UserName, keys.GetNetworkCredential().Password, SessionToken: null))
            : (ICredentialSource?)ForeignCredentials.TryWrap(credential, origin)
                ?? throw ConnectionErrors.CredentialUnknown(origin.ToText(), credential.GetType());
    }
}
