using System.Management.Automation;
using System.Net;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Pipeline;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tunnels;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Opens a local port that leads to a host and port as a session's task sees them, such as a database in its VPC, or as a SOCKS
/// proxy to all of them. It stays open, and is connected again when the connection drops, until Stop-FargateTunnel, or the end of
/// the session or of this PowerShell. A session that was started in the same pipeline ends with the last of its tunnels.
/// </summary>
[Cmdlet(VerbsLifecycle.Start, "FargateTunnel", DefaultParameterSetName = HostSet, SupportsShouldProcess = true,
    HelpUri = HelpPages.Folder + "Start-FargateTunnel.md")]
[OutputType(typeof(FargateTunnel))]
public sealed class StartFargateTunnelCommand : RunningTaskCmdlet
{
    private const string HostSet = "Host";
    private const string SocksSet = "Socks";

    /// <summary>Number of attempts: another process may take a free port before ssh does.</summary>
    private const int AttemptsToFindPort = 3;

    /// <summary>Longest time in which the task may report that it cannot reach the remote host.</summary>
    private static readonly TimeSpan TargetCheckLimit = TimeSpan.FromSeconds(1);

    private readonly List<TunnelKeeper> _opened = [];

    /// <summary>Sessions, as New-FargateSession returns them, or their ids.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = HostSet,
        HelpMessage = "Sessions, as New-FargateSession returns them, or their ids.")]
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = SocksSet,
        HelpMessage = "Sessions, as New-FargateSession returns them, or their ids.")]
    [SessionArgument(IsNeededHere = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public FargateSession[] Session { get; set; } = [];

    /// <summary>The host that the tunnel leads to: a name that the task can resolve, or an IP address.</summary>
    [Parameter(Mandatory = true, ParameterSetName = HostSet,
        HelpMessage = "The host that the tunnel leads to, as the task sees it.")]
    [Parameter(Mandatory = true, ParameterSetName = ServiceSet,
        HelpMessage = "The host that the tunnel leads to, as the task sees it.")]
    [Parameter(Mandatory = true, ParameterSetName = TaskSet,
        HelpMessage = "The host that the tunnel leads to, as the task sees it.")]
    [TextPattern("^[A-Za-z0-9_]([A-Za-z0-9._:-]*)$|^::[A-Za-z0-9:]*$",
        "'{0}' is no host: write its name, or its IPv4 or IPv6 address without brackets.")]
    public string? RemoteHost { get; set; }

    /// <summary>The port on that host, 1 to 65535.</summary>
    [Parameter(Mandatory = true, ParameterSetName = HostSet, HelpMessage = "The port on that host, 1 to 65535.")]
    [Parameter(Mandatory = true, ParameterSetName = ServiceSet, HelpMessage = "The port on that host, 1 to 65535.")]
    [Parameter(Mandatory = true, ParameterSetName = TaskSet, HelpMessage = "The port on that host, 1 to 65535.")]
    [ValidateRange(1, 65535)]
    public int? RemotePort { get; set; }

    /// <summary>Makes the local port a SOCKS 4 and 5 proxy, through which each client names its host.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SocksSet,
        HelpMessage = "Makes the local port a SOCKS proxy, through which each client names its host.")]
    public SwitchParameter Socks { get; set; }

    /// <summary>The local port, 1 to 65535; 0, the default, takes one that is free.</summary>
    /// <value>0</value>
    [Parameter(HelpMessage = "The local port, 1 to 65535; 0, the default, takes one that is free.")]
    [ValidateRange(0, 65535)]
    public int LocalPort { get; set; }

    /// <summary>The local IP address to listen on. Any but a loopback address lets others use the tunnel too.</summary>
    /// <value>127.0.0.1</value>
    [Parameter(HelpMessage = "The local IP address to listen on.")]
    [ValidateNotNull]
    public IPAddress BindAddress { get; set; } = IPAddress.Loopback;

    /// <summary>
    /// Does not check whether the task reaches the remote host. The check is one connection, which the host may log; it
    /// only warns.
    /// </summary>
    [Parameter(ParameterSetName = HostSet, HelpMessage = "Does not check whether the task reaches the remote host.")]
    [Parameter(ParameterSetName = ServiceSet, HelpMessage = "Does not check whether the task reaches the remote host.")]
    [Parameter(ParameterSetName = TaskSet, HelpMessage = "Does not check whether the task reaches the remote host.")]
    public SwitchParameter SkipTargetCheck { get; set; }

    /// <summary>Also checks the local port before anything is started.</summary>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        Guard(null, () => NewTunnelRoute().WithFreePort());
        if (!IPAddress.IsLoopback(BindAddress))
        {
            WriteWarning($"Anybody who can reach {BindAddress} can use this tunnel: it has no login.");
        }
    }

    /// <summary>Opens the tunnels of this record's sessions.</summary>
    protected override void ProcessRecord()
    {
        OwnOrKeep(Session);
        foreach (var session in IsForRunningTasks ? FindRunningTasks() : Session)
        {
            if (ShouldProcess($"{session} ({NewTunnelRoute().RemoteEnd})", "Open tunnel"))
            {
                Guard(session, () => LogIn(session, _ => Open(session)));
            }
        }
    }

    private protected override string WorkName => "tunnel";

    /// <summary>A SOCKS proxy is a thing of ssh's.</summary>
    private protected override bool SupportsEcsExec => !Socks;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !HasSucceeded)
        {
            foreach (var keeper in _opened)
            {
                CleanUp(keeper.StopAsync, keeper.Tunnel);
                ModuleCleanup.Forget(keeper.Tunnel);
            }
        }

        base.Dispose(disposing);
    }

    private TunnelRoute NewTunnelRoute() => new(BindAddress.ToString(), LocalPort, RemoteHost, RemotePort);

    private void Open(FargateSession session)
    {
        var keeper = OpenAtFreePort(session);
        try
        {
            CheckTarget(keeper);
        }
        catch
        {
            CleanUp(() => keeper.DisposeAsync().AsTask(), session);
            throw;
        }

        keeper.Tunnel.KeepSession = !EndsWithTunnel(keeper.Tunnel);
        _opened.Add(keeper);
        ModuleCleanup.Watch(keeper);
        keeper.Keep();
        Owned.Write(this, keeper.Tunnel);
    }

    /// <summary>Gives a session to its tunnel, if a pipeline or other tunnels own it.</summary>
    /// <returns>Whether the session ends with its tunnels.</returns>
    private bool EndsWithTunnel(FargateTunnel tunnel) =>
        Owned.HandOver(tunnel.Session, tunnel) || (!KeepSession && tunnel.Session.Holder is FargateTunnel);

    private TunnelKeeper OpenAtFreePort(FargateSession session)
    {
        for (var attempt = 1; ; attempt++)
        {
            var route = NewTunnelRoute().WithFreePort();
            var cloud = ConnectApart(session);
            var dialer = DialerOf(session, cloud);
            WriteVerbose(dialer.Show(route));
            FargateTunnel tunnel = new(TunnelRegistry.NextId(), session, route);
            TunnelKeeper keeper = new(tunnel, dialer, cloud, Journal);
            try
            {
                Await((_, cancellationToken) => keeper.OpenAsync(cancellationToken));
                return keeper;
            }
            catch (Exception e)
            {
                CleanUp(() => keeper.DisposeAsync().AsTask(), session);
                if (LocalPort != 0 || attempt == AttemptsToFindPort
                    || e is not FargateException { Error: FargateError.LocalPortUnavailable })
                {
                    throw;
                }
            }
        }
    }

    private ITunnelDialer DialerOf(FargateSession session, IFargateCloud cloud)
    {
        if (session.OpenTransport == FargateTransport.EcsExec)
        {
            return new PortTunnelDialer(cloud);
        }

        // Who ends the session is decided now: later it is its tunnels that own it.
        var keepsSession = EndpointOf(session).KeepsSession;
        return new TunnelDialer(Ssh, () => session.Endpoint with { KeepsSession = keepsSession }, Options);
    }

    private void CheckTarget(TunnelKeeper keeper)
    {
        if (Socks || SkipTargetCheck)
        {
            return;
        }

        TargetCheck check = new(keeper) { Limit = TargetCheckLimit };
        if (Await((_, cancellationToken) => check.FindFaultAsync(cancellationToken)) is { } fault)
        {
            WriteWarning(TunnelErrors.TargetUnreachable(keeper.Tunnel.Route, fault));
        }
    }
}
