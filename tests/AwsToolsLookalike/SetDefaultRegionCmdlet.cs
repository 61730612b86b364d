using System.Management.Automation;

namespace Amazon.PowerShell.Common;

/// <summary>Makes a region that of the session.</summary>
[Cmdlet(VerbsCommon.Set, "DefaultAWSRegion")]
public sealed class SetDefaultRegionCmdlet : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    public string Region { get; set; } = "";

    protected override void ProcessRecord() => SessionState.PSVariable.Set(SessionVariables.Region, Region);
}

/// <summary>Returns the session's region as an object.</summary>
[Cmdlet(VerbsCommon.Get, "DefaultAWSRegion")]
[OutputType(typeof(AWSRegion))]
public sealed class GetDefaultRegionCmdlet : PSCmdlet
{
    protected override void ProcessRecord() =>
        WriteObject(SessionState.PSVariable.GetValue(SessionVariables.Region) is string region ? new AWSRegion(region) : null);
}
