using System.Management.Automation;

namespace EcsFargateLogin.Pipeline;

/// <summary>Reads $PSStyle: the library that this module is built with does not know its type.</summary>
internal static class StyleMember
{
    /// <summary>A member's value; null where this PowerShell has no such member.</summary>
    /// <param name="style">The value of $PSStyle.</param>
    /// <param name="path">The names of members, from the outermost.</param>
    public static object? Of(object? style, params string[] path)
    {
        var value = style;
        foreach (var name in path)
        {
            value = value is null ? null : PSObject.AsPSObject(value).Properties[name]?.Value;
        }

        return value;
    }
}
