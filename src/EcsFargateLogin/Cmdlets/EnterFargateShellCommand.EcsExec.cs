using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.SessionManager;
using EcsFargateLogin.Shells;

namespace EcsFargateLogin.Cmdlets;

// ECS Exec as the other transport.
public sealed partial class EnterFargateShellCommand
{
    /// <summary>
    /// How the container is reached. Without it as the session was started. EcsExec and Auto are for sessions that were
    /// started with either of them. Auto uses ssh, and falls back to ECS Exec with a warning where the SSH port cannot be
    /// reached.
    /// </summary>
    [Parameter(HelpMessage = "How the container is reached: Ssh, EcsExec or Auto.")]
    public FargateTransport? Transport { get; set; }

    private protected override FargateTransport? WantedTransport => Transport ?? base.WantedTransport;

    private protected override bool NeedsSsh => Transport == FargateTransport.Ssh;

    private int RunEcsExec(IFargateCloud cloud, FargateSession session) =>
        Record(session, transcript => RunEcsExec(cloud, session, transcript), exitCode => exitCode);

    private int RunEcsExec(IFargateCloud cloud, FargateSession session, Transcript? transcript)
    {
        EcsExecShell shell = new(cloud, session);
        var script = EcsExecShell.ScriptOf(Resumable, Console.IsInputRedirected ? null : ExecTerminal.Size);
        var program = Await((progress, cancellationToken) => shell.StartAsync(script, progress, cancellationToken));
        ExecEnd end;
        TaskDescription? stoppedTask;
        try
        {
            CompleteProgress();
            WriteVerbose($"ecs:ExecuteCommand in container '{session.ContainerName}' of task {session.TaskId}: {ExecScript.Bootstrap}");
            ExecTerminal terminal = new(program, transcript is null ? null : transcript.Add);
            (end, stoppedTask) = RunInTerminal(cloud, session, (watch, progress, cancellationToken) =>
                new WatchedShell(watch).RunAsync(
                    async hangUp =>
                    {
                        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(hangUp, cancellationToken);
                        var left = await terminal.RunAsync(leaving.Token);
                        cancellationToken.ThrowIfCancellationRequested();
                        return left;
                    },
                    progress,
                    cancellationToken));
        }
        finally
        {
            CleanUp(() => program.DisposeAsync().AsTask(), session);
        }

        var exitCode = end.ExitCode ?? EcsExecShell.ConnectionFailed;
        SessionState.PSVariable.Set("global:LASTEXITCODE", exitCode);
        if (Await((_, cancellationToken) => shell.ExplainEndAsync(end, stoppedTask, cancellationToken)) is { } error)
        {
            throw error;
        }

        return exitCode;
    }
}
