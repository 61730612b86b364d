namespace Amazon.PowerShell.Common;

/// <summary>A region as an object.</summary>
public sealed class AWSRegion
{
    internal AWSRegion(string systemName) =>
        (Region, Name) = (systemName, RegionEndpoint.GetBySystemName(systemName).DisplayName);

    public string Region { get; }

    public string Name { get; }

    public override string ToString() => Region;
}
