using System.Collections;
using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Pipeline;

namespace EcsFargateLogin.Connection;

/// <summary>Reads credentials from the values that -Credential and $StoredAWSCredentials may have.</summary>
internal static class CredentialObject
{
    /// <exception cref="FargateException"><see cref="FargateError.InvalidCredential"/>.</exception>
    public static ICredentialSource ToSource(object value, CredentialOrigin origin)
    {
        var credential = PSValue.Unwrap(value);
        return credential is PSCredential keys
            ? new GivenKeys(origin, new AccessKeys(keys.UserName, keys.GetNetworkCredential().Password, SessionToken: null))
            : (ICredentialSource?)ForeignCredentials.TryWrap(credential, origin)
                ?? throw ConnectionErrors.CredentialUnknown(origin.ToText(), ObjectKind.Of(credential));
    }
}

/// <summary>
/// Reads the name of a region from the values that -Region and $StoredAWSRegion may have: a name, or a region object of AWS Tools
/// or of the AWS SDK.
/// </summary>
internal static class RegionObject
{
    /// <exception cref="FargateException"><see cref="FargateError.NoRegion"/>: it is neither.</exception>
    public static string ToName(object value, string source)
    {
        var region = PSObject.AsPSObject(value);
        return region.BaseObject as string
            ?? Read(region, "SystemName")
            ?? Read(region, "Region")
            ?? throw ConnectionErrors.RegionUnknown(source, ObjectKind.Of(region.BaseObject));
    }

    private static string? Read(PSObject region, string property) =>
        region.Properties[property]?.Value is { } value ? PSValue.Unwrap(value) as string : null;
}

/// <summary>Describes the kind of an object in words, without the name of a .NET type.</summary>
internal static class ObjectKind
{
    public static string Of(object value) => value switch
    {
        string => "a text",
        bool or SwitchParameter => "true or false",
        DateTime => "a date",
        IConvertible and not Enum => "a number",
        ScriptBlock => "a script block",
        IDictionary => "a hashtable",
        IEnumerable => "a list",
        _ => "an object of another kind",
    };
}
