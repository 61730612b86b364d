using System.Management.Automation;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Pipeline;
using EcsFargateLogin.Tunnels;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Lists the tunnels of this PowerShell with their status. One that has ended by itself is listed, with the reason, until
/// Stop-FargateTunnel.
/// </summary>
[Cmdlet(VerbsCommon.Get, "FargateTunnel", HelpUri = HelpPages.Folder + "Get-FargateTunnel.md")]
[OutputType(typeof(FargateTunnel))]
public sealed class GetFargateTunnelCommand : FargateCmdlet
{
    /// <summary>The tunnels' numbers. Without it: all.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true, HelpMessage = "The tunnels' numbers.")]
    [ValidateNotNullOrEmpty]
    public int[] Id { get; set; } = [];

    /// <summary>The short ids of their sessions. Wildcards are permitted.</summary>
    /// <value>*</value>
    [Parameter(HelpMessage = "The short ids of their sessions.")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public string[] SessionId { get; set; } = ["*"];

    /// <summary>Lists the tunnels.</summary>
    protected override void ProcessRecord() => Guard(null, () =>
    {
        foreach (var keeper in TunnelRegistry.All.Where(keeper => IsWanted(keeper.Tunnel)))
        {
            WriteObject(keeper.Tunnel);
        }

        foreach (var id in Id.Where(id => TunnelRegistry.Find(id) is null))
        {
            Report(TunnelErrors.TunnelNotFound(id), id);
        }
    });

    private bool IsWanted(FargateTunnel tunnel) =>
        (Id.Length == 0 || Id.Contains(tunnel.Id))
        && Wildcards.IsMatch(SessionId, tunnel.SessionId);
}
