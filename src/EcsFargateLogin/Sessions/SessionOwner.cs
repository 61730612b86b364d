namespace EcsFargateLogin;

/// <summary>Who has charge of a session.</summary>
public enum SessionOwner
{
    /// <summary>This PowerShell.</summary>
    ThisProcess,

    /// <summary>Another PowerShell of yours on this machine, which still runs.</summary>
    OtherProcess,

    /// <summary>Nobody: the PowerShell of yours that had charge of it is gone. Its key is on this machine.</summary>
    Orphaned,

    /// <summary>Somebody else, or you on another machine: this machine's journal does not know it.</summary>
    Elsewhere,
}
