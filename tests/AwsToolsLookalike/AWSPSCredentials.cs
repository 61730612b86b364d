using Amazon.Runtime;

namespace Amazon.PowerShell.Common;

/// <summary>
/// The type of $StoredAWSCredentials and of the output of Get-AWSCredential. As in AWS Tools, only its name shows.
/// </summary>
public sealed class AWSPSCredentials
{
    internal AWSPSCredentials(AWSCredentials credentials, string name)
    {
        Credentials = credentials;
        Name = name;
    }

    internal AWSCredentials Credentials { get; }

    internal string Name { get; }

    public override string ToString() => Name;
}
