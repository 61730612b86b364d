using System.Management.Automation;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Connection;

/// <summary>Reads what -Region and $StoredAWSRegion may hold: a name, or a region object of AWS Tools or of the AWS SDK.</summary>
internal static class RegionObject
{
    /// <exception cref="FargateException"><see cref="FargateError.NoRegion"/>: it is something else.</exception>
    public static string ToName(object value, string source)
    {
        var region = PSObject.AsPSObject(value);
        return region.BaseObject as string
            ?? Read(region, "SystemName")
            ?? Read(region, "Region")
            ?? throw CloudErrors.InvalidRegion(region.BaseObject.GetType().Name, source);
    }

    private static string? Read(PSObject region, string property) =>
        region.Properties[property]?.Value is { } value ? PSObject.AsPSObject(value).BaseObject as string : null;
}
