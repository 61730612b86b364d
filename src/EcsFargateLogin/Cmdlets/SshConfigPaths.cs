using System.Management.Automation;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Cmdlets;

/// <summary>What the cmdlets about ssh's configuration share: the user's own file, and the question before a change.</summary>
internal static class SshConfigPaths
{
    /// <summary>Returns the path of the user's own configuration of ssh.</summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="given">The value of -ConfigPath; null for ssh's own.</param>
    public static string Resolve(PSCmdlet cmdlet, string? given) => given is null
        ? Path.Combine(UserHome.Folder, ".ssh", "config")
        : cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(given);

    /// <summary>Asks whether a file should be changed. -WhatIf shows the difference.</summary>
    public static bool ShouldChange(PSCmdlet cmdlet, string path, IReadOnlyList<string> difference)
    {
        var change = string.Join('\n', difference.Select(TerminalText.Clean).Prepend($"Change '{path}':"));
        return cmdlet.ShouldProcess(change, $"{change}\nDo you want to do that?", "Change the configuration of ssh");
    }
}
