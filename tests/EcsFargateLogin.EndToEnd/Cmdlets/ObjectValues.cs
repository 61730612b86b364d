using System.Management.Automation;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>Reads what a script returned.</summary>
internal static class ObjectValues
{
    /// <summary>A property's value, as PowerShell shows it to scripts.</summary>
    public static object? Get(this PSObject item, string property) => item.Properties[property].Value;

    /// <summary>A property's value as text; empty for null.</summary>
    public static string Text(this PSObject item, string property) => item.Get(property)?.ToString() ?? "";
}
