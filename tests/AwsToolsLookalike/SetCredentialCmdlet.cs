using System.Management.Automation;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;

namespace Amazon.PowerShell.Common;

/// <summary>Makes credentials those of the session.</summary>
[Cmdlet(VerbsCommon.Set, "AWSCredential", DefaultParameterSetName = "Profile")]
public sealed class SetCredentialCmdlet : PSCmdlet
{
    [Parameter(Mandatory = true, ParameterSetName = "Keys")]
    public string AccessKey { get; set; } = "";

    [Parameter(Mandatory = true, ParameterSetName = "Keys")]
    public string SecretKey { get; set; } = "";

    [Parameter(ParameterSetName = "Keys")]
    public string? SessionToken { get; set; }

    /// <summary>A profile of any kind: with a credential_process that says when keys expire, they are refreshed.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Profile")]
    public string ProfileName { get; set; } = "";

    [Parameter(ParameterSetName = "Profile")]
    public string? ProfileLocation { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "Credential")]
    public AWSPSCredentials? Credential { get; set; }

    protected override void ProcessRecord() =>
        SessionState.PSVariable.Set(SessionVariables.Credentials, Credential ?? (ProfileName.Length > 0 ? OfProfile() : OfKeys()));

    private AWSPSCredentials OfKeys() => new(
        SessionToken is null
            ? new BasicAWSCredentials(AccessKey, SecretKey)
            : new SessionAWSCredentials(AccessKey, SecretKey, SessionToken),
        "supplied keys parameters");

    private AWSPSCredentials OfProfile() =>
        new CredentialProfileStoreChain(ProfileLocation).TryGetAWSCredentials(ProfileName, out var credentials)
            ? new AWSPSCredentials(credentials, ProfileName)
            : throw new ArgumentException($"There is no profile '{ProfileName}'.");
}

/// <summary>Returns the session's credentials.</summary>
[Cmdlet(VerbsCommon.Get, "AWSCredential")]
[OutputType(typeof(AWSPSCredentials))]
public sealed class GetCredentialCmdlet : PSCmdlet
{
    protected override void ProcessRecord() => WriteObject(SessionState.PSVariable.GetValue(SessionVariables.Credentials));
}
