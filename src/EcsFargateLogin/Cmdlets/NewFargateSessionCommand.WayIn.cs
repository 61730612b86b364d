using System.Globalization;
using System.Management.Automation;
using EcsFargateLogin.Sessions.WaysIn;

namespace EcsFargateLogin.Cmdlets;

// The way in to the task.
public sealed partial class NewFargateSessionCommand
{
    /// <summary>
    /// Lets this machine's address in to the SSH port by a rule of the first -SecurityGroup, which bears the session's id
    /// and is removed when the session is closed. A rule that lets it in already is left as it is. Which address that is,
    /// -MyAddress says or the service whose URL the environment variable ECSFARGATELOGIN_MYADDRESS_URL holds. From your own
    /// presets it is left out where a project's file names the group or the port.
    /// </summary>
    [Parameter(HelpMessage = "Lets this machine's address in to the SSH port while the session lives.")]
    public SwitchParameter AuthorizeMyAddress { get; set; }

    /// <summary>
    /// The IPv4 or IPv6 address by which AWS sees this machine, for -AuthorizeMyAddress; without that it does nothing. One
    /// address, also as the CIDR block of one (/32, /128).
    /// </summary>
    [Parameter(HelpMessage = "The address by which AWS sees this machine, for -AuthorizeMyAddress.")]
    [ValidateNotNullOrEmpty]
    public string? MyAddress { get; set; }

    /// <summary>
    /// The host, as [user@]host[:port], through which the task is reached, for private subnets. Your own ssh configuration,
    /// keys and agent hold for it, and for it alone; it has to let you in without a question. Later commands about the
    /// session take the same way.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "The host through which the task is reached, as [user@]host[:port].")]
    [BlankIsDefault]
    [ValidateNotNullOrEmpty]
    public string? JumpHost { get; set; }

    /// <summary>
    /// The command that ssh talks to the task's server through, as its option ProxyCommand, with %h and %p for address and
    /// port. Cannot go with -JumpHost.
    /// </summary>
    [Parameter(HelpMessage = "What ssh talks to the server through, as its ProxyCommand, with %h and %p.")]
    [ValidateNotNullOrEmpty]
    public string? ProxyCommand { get; set; }

    private bool AuthorizesMyAddress => AuthorizeMyAddress && Transport.HasSsh();

    /// <summary>What starting a session means to the network, for those who are asked whether it shall be done.</summary>
    private string IngressInWords => AuthorizesMyAddress
        ? string.Create(CultureInfo.InvariantCulture, $" and let this machine's address in to {SecurityGroup[0]} on port {Port}")
        : "";

    private void ThrowUnlessIngressHasGroup()
    {
        if (AuthorizesMyAddress && SecurityGroup.Length == 0)
        {
            throw FargateErrors.IngressWithoutGroup();
        }
    }

    /// <summary>The address to let in; null for none.</summary>
    private string? AuthorizedCidr() => AuthorizesMyAddress
        ? Await((_, cancellationToken) => Sessions.Ingress.MyAddress.FindAsync(MyAddress, cancellationToken))
        : null;
}
