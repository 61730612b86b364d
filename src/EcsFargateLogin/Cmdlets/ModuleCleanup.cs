using System.Management.Automation;
using System.Management.Automation.Runspaces;
using EcsFargateLogin.Feedback;
using EcsFargateLogin.Pipeline;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Tunnels;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Ends tunnels, and the sessions that end with them, when nobody can stop them any more: when the module is removed, when
/// PowerShell ends, and at the signals that end PowerShell. Routes through AWS and the feedback provider, which all runspaces share,
/// end with the last module.
/// </summary>
public sealed class ModuleCleanup : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    private static readonly object _gate = new();
    private static readonly HashSet<Runspace> _runspaces = [];
    private static IDisposable? _endSignals;
    private static bool _isArmed;

    /// <summary>Notes a runspace that has the module. The feedback provider waits for the first cmdlet: an import needs none.</summary>
    public void OnImport()
    {
        FargateCmdlet.Created = FeedbackProvider.Register;
        lock (_gate)
        {
            ForgetClosedRunspaces();
            if (Runspace.DefaultRunspace is { } current)
            {
                _runspaces.Add(current);
            }
        }
    }

    /// <summary>The tunnels that this runspace has started end with its module; and with the last module the routes through AWS.</summary>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        StopAll(TunnelRegistry.Of(CurrentRunspace));
        lock (_gate)
        {
            ForgetClosedRunspaces();
            if (Runspace.DefaultRunspace is { } current)
            {
                _runspaces.Remove(current);
            }

            if (_runspaces.Count > 0)
            {
                return;
            }
        }

        FeedbackProvider.Unregister();
        LocalRoutes.CloseAllAsync().GetAwaiter().GetResult();
    }

    /// <summary>The owner of the tunnels that are started on this thread.</summary>
    internal static Guid CurrentRunspace => Runspace.DefaultRunspace?.InstanceId ?? Guid.Empty;

    /// <summary>Registers a tunnel that has just been started.</summary>
    internal static void Watch(TunnelKeeper keeper)
    {
        lock (_gate)
        {
            TunnelRegistry.Add(keeper, CurrentRunspace);
            _endSignals ??= TerminationSignals.Subscribe(
                stop: () => Task.Run(EndWithProcess),
                giveUp: () => { });
            if (!_isArmed)
            {
                _isArmed = true;
                AppDomain.CurrentDomain.ProcessExit += (_, _) => EndWithProcess();
            }
        }
    }

    /// <summary>Removes a tunnel that has ended.</summary>
    internal static void Forget(FargateTunnel tunnel)
    {
        IDisposable? endSignals = null;
        lock (_gate)
        {
            // In one step, because the signals would not end a tunnel that is started meanwhile.
            if (TunnelRegistry.Remove(tunnel.Id))
            {
                (endSignals, _endSignals) = (_endSignals, null);
            }
        }

        // Last, and not under the lock, because it may end the process.
        endSignals?.Dispose();
    }

    /// <summary>Forgets the runspaces that have ended, which do not remove their modules.</summary>
    private static void ForgetClosedRunspaces() =>
        _runspaces.RemoveWhere(runspace => runspace.RunspaceStateInfo.State is RunspaceState.Closed or RunspaceState.Broken);

    /// <summary>Ends the tunnels, and says which of their sessions run on without this PowerShell.</summary>
    private static void EndWithProcess()
    {
        var keepers = TunnelRegistry.All;
        StopAll(keepers);
        var sessions = keepers.Select(keeper => keeper.Tunnel.Session).Distinct();
        foreach (var session in sessions.Where(session => session.IsWorthKeeping))
        {
            try
            {
                Console.Error.WriteLine(
                    $"The tunnel is closed, and its session {session} runs on: Stop-FargateSession {session} stops it.");
            }
            catch (IOException)
            {
                // The terminal is gone.
            }
        }
    }

    private static void StopAll(IReadOnlyList<TunnelKeeper> keepers)
    {
        foreach (var (keeper, stopping) in keepers.Select(keeper => (keeper, Task.Run(keeper.StopAsync))).ToList())
        {
            try
            {
                stopping.GetAwaiter().GetResult();
            }
            catch (Exception e) when (e is FargateException or IOException)
            {
                // The error cannot be shown any more. The session stays in the journal, and the next PowerShell lists it.
            }

            Forget(keeper.Tunnel);
        }
    }
}
