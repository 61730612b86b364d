namespace PowerShellHost;

/// <summary>A PowerShell engine on this machine.</summary>
/// <param name="Home">The folder that holds System.Management.Automation.dll: <c>$PSHOME</c>.</param>
/// <param name="Version">The version of PowerShell.</param>
/// <param name="Executable">The <c>pwsh</c> that was found, or null on the portable engine, which has none.</param>
public sealed record Engine(string Home, Version Version, string? Executable)
{
    /// <summary>Whether this is the engine made by <see cref="PortableEngine"/>.</summary>
    public bool IsPortable => Executable is null;

    /// <summary>One line for people.</summary>
    public override string ToString() => IsPortable
        ? $"portable PowerShell engine {Version} in {Home}"
        : $"PowerShell {Version} in {Home}, started by {Executable}";
}
