using System.Management.Automation;

namespace EcsFargateLogin.Cmdlets;

// Which server the session trusts, and whom the server lets in.
public sealed partial class NewFargateSessionCommand
{
    /// <summary>
    /// How it is made sure that the server is the session's own. Auto and Strict trust the host key that the container has
    /// printed to its log in CloudWatch Logs. Where AWS says that the log does not tell it within 10 s, Auto warns and trusts
    /// the key that is seen first, and Strict stops the session; a log that cannot be reached is an error under both.
    /// AcceptNew does not read the log.
    /// </summary>
    /// <value>Auto</value>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "How the server proves that it is the session's own: Auto, Strict or AcceptNew.")]
    [BlankIsDefault]
    public HostKeyVerification HostKeyVerification { get; set; }

    /// <summary>The kind of the session's one-time key.</summary>
    /// <value>Ed25519</value>
    [Parameter(HelpMessage = "The kind of the session's one-time key: Ed25519, Ecdsa or Rsa.")]
    public SshKeyType KeyType { get; set; }

    /// <summary>
    /// A key of your own that takes the one-time key's place: a private key's file, or the public half (.pub) of one that
    /// your agent holds. One with a passphrase has to be in the agent. It is never copied, changed or deleted.
    /// </summary>
    [Parameter(HelpMessage = "A key of your own in place of the one-time key: its file or its .pub.")]
    [ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    /// <summary>
    /// The addresses that the key lets in from, as the server sees them: IPv4 or IPv6 addresses, and networks such as
    /// 198.51.100.0/24, up to 32. Without it from anywhere.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true,
        HelpMessage = "The addresses and networks that the key lets in from, up to 32.")]
    [BlankIsDefault]
    [IdList]
    [ValidateCount(1, 32)]
    [ValidateNotNullOrEmpty]
    public string[] FromAddress { get; set; } = [];

    private string? OwnKeyPath() => KeyPath switch
    {
        null => null,
        _ when MyInvocation.BoundParameters.ContainsKey(nameof(KeyType)) => throw FargateErrors.KeyGivenTwice(KeyPath),
        _ => GetUnresolvedProviderPathFromPSPath(KeyPath),
    };
}
