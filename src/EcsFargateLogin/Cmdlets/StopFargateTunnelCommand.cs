using System.Management.Automation;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Pipeline;
using EcsFargateLogin.Tunnels;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Closes tunnels and stops their sessions, unless those were to be kept. Closing one that has ended already removes it from the
/// list.
/// </summary>
[Cmdlet(VerbsLifecycle.Stop, "FargateTunnel", DefaultParameterSetName = TunnelSet, SupportsShouldProcess = true,
    HelpUri = HelpPages.Folder + "Stop-FargateTunnel.md")]
[OutputType(typeof(FargateTunnel))]
public sealed class StopFargateTunnelCommand : FargateCmdlet
{
    private const string TunnelSet = "Tunnel";
    private const string IdSet = "Id";

    /// <summary>Tunnels, as Start-FargateTunnel returns them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = TunnelSet,
        HelpMessage = "Tunnels, as Start-FargateTunnel returns them.")]
    [ValidateNotNullOrEmpty]
    public FargateTunnel[] Tunnel { get; set; } = [];

    /// <summary>Tunnels by their numbers in this PowerShell.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = IdSet,
        HelpMessage = "Tunnels by their numbers in this PowerShell.")]
    [ValidateNotNullOrEmpty]
    public int[] Id { get; set; } = [];

    /// <summary>Leaves the session running, also where Start-FargateTunnel was not told to keep it.</summary>
    [Parameter(HelpMessage = "Leaves the session running, whatever Start-FargateTunnel was told.")]
    public SwitchParameter KeepSession { get; set; }

    /// <summary>Returns the tunnels.</summary>
    [Parameter(HelpMessage = "Returns the tunnels.")]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Stops this record's tunnels.</summary>
    protected override void ProcessRecord()
    {
        foreach (var id in ParameterSetName == IdSet ? Id : [.. Tunnel.Select(tunnel => tunnel.Id)])
        {
            Guard(id, () => Stop(id));
        }
    }

    private void Stop(int id)
    {
        if (TunnelRegistry.Find(id) is not { } keeper)
        {
            // The tunnel object shows that the tunnel was stopped already, which is no error.
            if (ParameterSetName == IdSet)
            {
                throw TunnelErrors.TunnelNotFound(id);
            }

            return;
        }

        var tunnel = keeper.Tunnel;
        if (ShouldProcess($"{tunnel} to {tunnel.Route.RemoteEnd} (session {tunnel.SessionId})", "Stop tunnel"))
        {
            tunnel.KeepSession |= KeepSession;
            CleanUp(keeper.StopAsync, tunnel);
            ModuleCleanup.Forget(tunnel);
            if (PassThru)
            {
                WriteObject(tunnel);
            }
        }
    }
}
