namespace EcsFargateLogin.Ssh;

/// <summary>How a connection of ssh ended, as its log tells.</summary>
internal enum ConnectionEnd
{
    /// <summary>The log does not tell, because the user asked for a quieter one.</summary>
    Unknown,

    /// <summary>Nobody was logged in.</summary>
    NeverOpened,

    /// <summary>The server reported the remote program's exit code, so that ssh's is that one.</summary>
    ProgramEnded,

    /// <summary>It ended without an exit code of the remote program.</summary>
    Lost,
}
