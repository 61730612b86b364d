using System.Globalization;
using EcsFargateLogin.Model;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Cmdlets;

// The way in to the task.
public sealed partial class NewFargateSessionCommand
{
    private bool AuthorizesMyAddress => AuthorizeMyAddress && Transport.HasSsh();

    /// <summary>What starting a session means to the network, for those who are asked whether it shall be done.</summary>
    private string IngressInWords => AuthorizesMyAddress
        ? string.Create(CultureInfo.InvariantCulture, $" and let this machine's address in to {SecurityGroup[0]} on port {Port}")
        : "";

    private void ThrowUnlessIngressHasGroup()
    {
        if (AuthorizesMyAddress && SecurityGroup.Length == 0)
        {
            throw IngressErrors.IngressWithoutGroup();
        }
    }

    /// <summary>The address to let in; null for none.</summary>
    private string? AuthorizedCidr() => AuthorizesMyAddress
        ? Await((_, cancellationToken) => Trust.MyAddress.FindAsync(MyAddress, cancellationToken))
        : null;
}
