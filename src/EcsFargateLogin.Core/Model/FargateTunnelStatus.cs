namespace EcsFargateLogin;

/// <summary>How a tunnel is.</summary>
public enum FargateTunnelStatus
{
    /// <summary>It takes connections.</summary>
    Open,

    /// <summary>Its connection has dropped and is being made again; meanwhile it takes none.</summary>
    Reconnecting,

    /// <summary>Its session has ended, and it with it.</summary>
    SessionEnded,

    /// <summary>Its connection has dropped and could not be made again.</summary>
    Lost,

    /// <summary>It was stopped.</summary>
    Stopped,
}
