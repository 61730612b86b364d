namespace Amazon.PowerShell.Common;

/// <summary>The variables through which AWS Tools' cmdlets find what was set for the session.</summary>
internal static class SessionVariables
{
    internal const string Credentials = "StoredAWSCredentials";
    internal const string Region = "StoredAWSRegion";
}
