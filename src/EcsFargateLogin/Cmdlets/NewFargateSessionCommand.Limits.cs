using System.Management.Automation;
using EcsFargateLogin.Sessions.Starting;

namespace EcsFargateLogin.Cmdlets;

// The limits that hold on the server, also when this machine is gone.
public sealed partial class NewFargateSessionCommand
{
    /// <summary>
    /// After how many seconds the task ends in any case, up to 999999999; 0 for never. Without it the task definition's
    /// _MAX_LIFETIME holds or, where it has none, 14400 (4 hours). The container's start-sshd.sh keeps this limit. For
    /// other scripts, where this parameter is given, the program timeout keeps it, 15 seconds later, provided that the
    /// task definition or -Command names the container's command and the task definition names no entry point.
    /// </summary>
    [Parameter(HelpMessage = "After how many seconds the task ends in any case, up to 999999999; 0 for never.")]
    [ValidateRange(0, SessionLimits.Longest)]
    public int? MaxLifetime { get; set; }

    /// <summary>
    /// Within how many seconds somebody must have logged in; 0 for no such limit. Without it the task definition's
    /// _LOGIN_TIMEOUT holds or, where it has none, 600. Only the container's start-sshd.sh keeps this limit.
    /// </summary>
    [Parameter(HelpMessage = "Within how many seconds somebody must have logged in; 0 for no such limit.")]
    [ValidateRange(0, SessionLimits.Longest)]
    public int? LoginTimeout { get; set; }

    /// <summary>
    /// After how many seconds without input or output in any terminal the task ends; 0 for never. Without it the task
    /// definition's _IDLE_TIMEOUT holds or, where it has none, there is no such limit. Only the container's
    /// start-sshd.sh keeps this limit.
    /// </summary>
    [Parameter(HelpMessage = "After how many seconds without input or output the task ends; 0 for never.")]
    [ValidateRange(0, SessionLimits.Longest)]
    public int? IdleTimeout { get; set; }

    /// <summary>
    /// For how many seconds the task waits for another login after the last connection was lost; 0 ends it at once. As long
    /// Enter-FargateShell tries to reconnect. Without it the task definition's _RECONNECT_WINDOW holds or, where it has none,
    /// 120. Only the container's start-sshd.sh keeps this limit.
    /// </summary>
    [Parameter(HelpMessage = "For how many seconds the task waits after the last connection was lost.")]
    [ValidateRange(0, SessionLimits.Longest)]
    public int? ReconnectWindow { get; set; }

    /// <summary>
    /// For how many seconds a session that goes on after its last login is left without another one, until its task ends; 0 for no
    /// such limit. Without it the task definition's _UNUSED_TIMEOUT holds or, where it has none, 1800 (30 minutes). Only the
    /// container's start-sshd.sh keeps this limit.
    /// </summary>
    [Parameter(HelpMessage = "Seconds that a session goes on without a login after the last one; 0: no limit.")]
    [ValidateRange(0, SessionLimits.Longest)]
    public int? UnusedTimeout { get; set; }

    private SessionLimits Limits => new()
    {
        MaxLifetime = MaxLifetime,
        LoginTimeout = LoginTimeout,
        IdleTimeout = IdleTimeout,
        ReconnectWindow = ReconnectWindow,
        UnusedTimeout = UnusedTimeout,
    };
}
