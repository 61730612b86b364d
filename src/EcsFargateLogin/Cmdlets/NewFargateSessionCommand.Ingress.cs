using System.Management.Automation;

namespace EcsFargateLogin.Cmdlets;

// The way in to the task.
public sealed partial class NewFargateSessionCommand
{
    /// <summary>
    /// Lets this machine's address in to the SSH port by a rule of the first -SecurityGroup, which bears the session's id
    /// and is removed when the session is closed. A rule that lets it in already is left as it is. Which address that is,
    /// -MyAddress says or the service whose URL the environment variable ECSFARGATELOGIN_MYADDRESS_URL holds.
    /// </summary>
    [Parameter]
    public SwitchParameter AuthorizeMyAddress { get; set; }

    /// <summary>
    /// The IPv4 or IPv6 address by which AWS sees this machine, for -AuthorizeMyAddress; without that it does nothing. One
    /// address, also as the CIDR block of one (/32, /128).
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? MyAddress { get; set; }

    private void ThrowUnlessIngressHasGroup()
    {
        if (AuthorizeMyAddress && SecurityGroup.Length == 0)
        {
            throw FargateErrors.IngressWithoutGroup();
        }
    }

    /// <summary>The address to let in; null for none.</summary>
    private string? AuthorizedCidr() => AuthorizeMyAddress
        ? Await((_, cancellationToken) => Sessions.MyAddress.FindAsync(MyAddress, cancellationToken))
        : null;
}
