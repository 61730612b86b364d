namespace EcsFargateLogin;

/// <summary>
/// Who uses a session. A PowerShell that has started or entered one uses it until it ends, and several may use one at once.
/// </summary>
public enum SessionOwner
{
    /// <summary>This PowerShell, and maybe others as well.</summary>
    ThisProcess,

    /// <summary>Another PowerShell of yours that runs, on this machine or on another one that shares your journal.</summary>
    OtherProcess,

    /// <summary>Nobody: each PowerShell of yours that has used it is gone. Its key is on this machine.</summary>
    Orphaned,

    /// <summary>Somebody else, or you on another machine: this machine's journal does not know it.</summary>
    Elsewhere,
}
