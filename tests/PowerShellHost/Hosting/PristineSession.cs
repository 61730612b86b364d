using System.Management.Automation.Runspaces;

namespace PowerShellHost;

/// <summary>What a session holds when it opens.</summary>
internal static class PristineSession
{
    /// <summary>Aliases that PowerShell has on Windows only, for they hide programs of the same name.</summary>
    private static readonly string[] s_windowsAliases =
    [
        "ac", "cat", "clear", "compare", "cp", "cpp", "diff", "ls", "man", "mount", "mv", "ps", "rm", "rmdir",
        "sleep", "sort", "start", "tee", "write",
    ];

    /// <summary>PowerShell's own commands, with the names that this operating system's PowerShell has.</summary>
    public static InitialSessionState Create()
    {
        var state = InitialSessionState.CreateDefault2();
        if (PowerShellEngine.Find().IsPortable)
        {
            Array.ForEach(s_windowsAliases, alias => state.Commands.Remove(alias, typeof(SessionStateAliasEntry)));
        }

        return state;
    }
}
