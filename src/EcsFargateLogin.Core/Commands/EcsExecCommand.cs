using System.Diagnostics;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.SessionManager;
using EcsFargateLogin.Shells;

namespace EcsFargateLogin.Commands;

/// <summary>Runs a command in one session's container by ECS Exec, and explains how it ended.</summary>
/// <param name="cloud">The connection to AWS for the session.</param>
/// <param name="session">The session.</param>
/// <param name="options">The command, and how it is run.</param>
/// <param name="output">Receives the command's output.</param>
internal sealed class EcsExecCommand(IFargateCloud cloud, FargateSession session, CommandOptions options, ICommandOutput output)
{
    private readonly LineReader _lines = new();
    private readonly LineReader _errorLines = new();

    /// <summary>Runs the command to its end.</summary>
    /// <param name="progress">Receives events of the task.</param>
    /// <param name="cancellationToken">Cancels the command. Its session has ended when this returns.</param>
    public async Task<CommandEnded> RunAsync(IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        EcsExecShell shell = new(cloud, session);
        var begun = Stopwatch.GetTimestamp();
        using CommandLimit limit = new(options.Timeout);
        limit.Begin();
        var (end, stoppedTask) = await RunAsync(shell, limit, progress, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        output.AddLines(_lines.ReadRest());
        output.AddErrorLines(_errorLines.ReadRest());
        var error = end.ExitCode is null ? limit.ErrorFor(session) : null;
        if (error is null && await shell.ExplainEndAsync(end, stoppedTask, cancellationToken) is { } cause)
        {
            error = CommandErrors.CommandCutShort(session, cause);
        }

        return new CommandEnded(
            session, end.ExitCode ?? EcsExecShell.ConnectionFailed, Stopwatch.GetElapsedTime(begun), error);
    }

    /// <summary>Runs the command until it, its time or its task ends.</summary>
    private async Task<(ExecEnd End, TaskDescription? StoppedTask)> RunAsync(
        EcsExecShell shell, CommandLimit limit, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        using var opening = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var script = ExecScript.WithPipes(options.Command.LineForEcsExec);
            await using var program = await shell.StartAsync(script, progress, opening.Token);
            WatchedShell watched = new(new ShellWatch(cloud, session, new ShellWatchOptions()));
            return await watched.RunAsync(
                hangUp => RunAsync(program, limit, hangUp, cancellationToken), progress, cancellationToken);
        }
        catch (OperationCanceledException) when (limit.HasPassed && !cancellationToken.IsCancellationRequested)
        {
            // It could not be started in time.
            return (new ExecEnd(null, null), null);
        }
    }

    private async Task<ExecEnd> RunAsync(
        ExecProgram program, CommandLimit limit, CancellationToken hangUp, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(hangUp, limit.Token, cancellationToken);
        using var feeding = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
        var feed = FeedAsync(program, feeding.Token);
        // The receivers of output wait for the pipeline, so they run on a thread of their own.
        var end = await Task.Run(
            () => program.RunAsync(
                options.IsRaw ? bytes => output.AddBytes(bytes.Span) : bytes => output.AddLines(_lines.Read(bytes)),
                bytes => output.AddErrorLines(_errorLines.Read(bytes)),
                ending.Token),
            CancellationToken.None);
        limit.End();
        await feeding.CancelAsync();
        await feed;
        return end;
    }

    private async Task FeedAsync(ExecProgram program, CancellationToken cancellationToken)
    {
        try
        {
            await options.Input.FeedAsync(session, program.SendAsync, cancellationToken);
            await program.EndInputAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // A program may end without reading all of its input.
        }
    }
}
