using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;
using EcsFargateLogin.SessionManager;
using EcsFargateLogin.Shells;

namespace EcsFargateLogin.Cmdlets;

// ECS Exec as the other transport.
public sealed partial class EnterFargateShellCommand
{
    private static readonly string[] ParametersOfSsh =
        [nameof(Route), nameof(InstanceConnectEndpoint), nameof(JumpHost), nameof(ProxyCommand), nameof(Option), nameof(HostKeyVerification)];

    private SessionManagerPlugin? _plugin;

    /// <summary>
    /// How the container is reached. Without it as the session was started. EcsExec and Auto are for sessions that were
    /// started with either of them. Auto uses ssh, and falls back to ECS Exec with a warning where the SSH port cannot be
    /// reached; with -TranscriptPath, which needs ssh, it does not fall back.
    /// </summary>
    [Parameter(HelpMessage = "How the container is reached: Ssh, EcsExec or Auto.")]
    public FargateTransport? Transport { get; set; }

    private SessionManagerPlugin Plugin => _plugin ??= FindPlugin();

    /// <summary>Whether ssh is needed: with the plugin, only for sessions with that transport.</summary>
    private protected override bool NeedsSsh =>
        Transport?.HasSsh() ?? FindProgramOrNull(SessionManagerPlugin.Name) is null;

    /// <summary>Finds the programs before anything is started, as far as the transport tells which are needed.</summary>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        Guard(null, () =>
        {
            if (Transport == FargateTransport.EcsExec)
            {
                RequireEcsExec();
            }
        });
    }

    private protected override FargateTransport TransportFor(FargateSession session)
    {
        var transport = (Transport ?? session.OpenTransport ?? session.Transport) switch
        {
            FargateTransport.Ssh => base.TransportFor(session),
            FargateTransport.EcsExec => session.HasEcsExec
                ? FargateTransport.EcsExec
                : throw RouteErrors.EcsExecNotEnabled(session),
            _ when !session.HasEcsExec => FargateTransport.Ssh,
            // Without its key on this machine, ssh cannot log in.
            _ => session.KeyPath is null ? FargateTransport.EcsExec
                : TranscriptPath is null && HasPlugin() ? FargateTransport.Auto
                : FargateTransport.Ssh,
        };
        if (transport == FargateTransport.EcsExec)
        {
            RequireEcsExec();
        }

        return transport;
    }

    /// <summary>
    /// Throws if ECS Exec cannot do what the parameters ask for. A transcript is required, also where $PSDefaultParameterValues
    /// asks for it.
    /// </summary>
    private void RequireEcsExec()
    {
        ThrowIfGiven(ParametersOfSsh);
        if (TranscriptPath is not null)
        {
            throw RouteErrors.OnlyForSsh([$"-{nameof(TranscriptPath)}"]);
        }

        _ = Plugin;
    }

    /// <summary>Whether the plugin can be used. If not, a warning says that ssh is the only transport.</summary>
    private bool HasPlugin()
    {
        try
        {
            _ = Plugin;
            return true;
        }
        catch (FargateException e) when (e.Error == FargateError.PluginNotFound)
        {
            WriteWarning($"There is no falling back to ECS Exec. {e.Message}");
            return false;
        }
    }

    private int RunEcsExec(IFargateCloud cloud, FargateSession session)
    {
        EcsExecShell shell = new(cloud, session);
        var channel = Await((progress, cancellationToken) => shell.OpenAsync(Resumable, progress, cancellationToken));
        CompleteProgress();
        var start = Plugin.StartFor(channel);
        WriteVerbose(CommandText.Of(start.FileName, start.ArgumentList));
        var (exitCode, stoppedTask) = RunInTerminal(cloud, session, (watch, progress, cancellationToken) =>
            new WatchedShell(watch).RunAsync(
                hangUp => PluginProcess.RunInTerminalAsync(start, hangUp, cancellationToken), progress, cancellationToken));
        SessionState.PSVariable.Set("global:LASTEXITCODE", exitCode);
        if (Await((_, cancellationToken) => shell.ExplainEndAsync(stoppedTask, cancellationToken)) is { } error)
        {
            throw error;
        }

        return exitCode;
    }
}
