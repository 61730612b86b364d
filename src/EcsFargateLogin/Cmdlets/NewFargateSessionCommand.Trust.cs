using System.Management.Automation;

namespace EcsFargateLogin.Cmdlets;

// Which server the session trusts, and whom the server lets in.
public sealed partial class NewFargateSessionCommand
{
    /// <summary>
    /// How it is made sure that the server is the session's own. Auto and Strict trust the host key that the container has
    /// printed to its log in CloudWatch Logs. Where the log does not tell it within 10 s, Auto warns and trusts the key
    /// that is seen first, and Strict stops the session. AcceptNew does not read the log.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public HostKeyVerification HostKeyVerification { get; set; }
}
