using System.Diagnostics;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Lifecycle.Waiting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Shells;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Commands;

/// <summary>Runs a command in a session's container, delivers its output, and reports how it ended.</summary>
/// <param name="cloud">The account of the task.</param>
/// <param name="session">The session.</param>
/// <param name="options">The command and its options.</param>
/// <param name="deliver">
/// Receives <see cref="LinesPrinted"/> and <see cref="BytesPrinted"/>, on the reading threads; returns when it can take more.
/// </param>
internal sealed class CommandRun(
    IFargateCloud cloud, FargateSession session, CommandOptions options, Action<SessionEvent> deliver)
{
    private readonly LineReader _output = new();
    private readonly LineReader _errors = new();

    /// <summary>Runs the command to its end.</summary>
    /// <param name="endpoint">The session's SSH server.</param>
    /// <param name="progress">Receives the events of the task.</param>
    /// <param name="cancellationToken">Cancels the command, and ends ssh.</param>
    public async Task<CommandEnded> RunAsync(
        SshEndpoint endpoint, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        var log = SshLog.NewPathIn(session.Folder!);
        var arguments = SshCommandLine.ForCommand(endpoint, options.SshOptions, log, options.Command.Line);
        progress.Report(new Detail(session, CommandText.Of(options.Ssh, arguments)));
        try
        {
            using CancellationTokenSource timeout = new();
            var begun = Stopwatch.GetTimestamp();
            WatchedShell watched = new(new ShellWatch(cloud, session, new ShellWatchOptions()));
            var (exitCode, stoppedTask) = await watched
                .RunAsync(hangUp => RunSshAsync(endpoint, arguments, timeout, hangUp, cancellationToken), progress, cancellationToken);
            var duration = Stopwatch.GetElapsedTime(begun);
            DeliverRest();
            var error = timeout.IsCancellationRequested
                ? CommandErrors.CommandTimeout(session, options.Timeout!.Value)
                : await ExplainAsync(endpoint, exitCode, SshLog.Read(log, exitCode), stoppedTask, cancellationToken);
            return new CommandEnded(session, exitCode, duration, error);
        }
        finally
        {
            SshLog.Clear(log);
        }
    }

    private async Task<int> RunSshAsync(
        SshEndpoint endpoint,
        IReadOnlyList<string> arguments,
        CancellationTokenSource timeout,
        CancellationToken hangUp,
        CancellationToken cancellationToken)
    {
        if (options.Timeout is { } limit)
        {
            timeout.CancelAfter(limit);
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(hangUp, timeout.Token);
        CommandStreams streams = new()
        {
            Feed = (stream, token) => options.Input.FeedAsync(session, stream, token),
            Output = options.IsRaw
                ? bytes => deliver(new BytesPrinted(session, bytes.ToArray()))
                : bytes => Deliver(_output.Read(bytes), areErrors: false),
            Errors = bytes => Deliver(WithoutClosingMessages(_errors.Read(bytes)), areErrors: true),
        };
        var exitCode = await CommandProcess.RunAsync(
            SshCommandLine.Start(options.Ssh, arguments, endpoint.KeepsSession),
            streams,
            ending.Token,
            cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();

        // A command that ended in time must not time out afterwards.
        timeout.CancelAfter(Timeout.InfiniteTimeSpan);
        return exitCode;
    }

    private void DeliverRest()
    {
        Deliver(_output.ReadRest(), areErrors: false);
        Deliver(WithoutClosingMessages(_errors.ReadRest()), areErrors: true);
    }

    /// <summary>Drops ssh's closing messages, which it also writes to standard error: the error says more.</summary>
    private static IEnumerable<string> WithoutClosingMessages(IEnumerable<string> lines) => lines.Where(line => !SshLog.IsClosingWord(line));

    private void Deliver(IEnumerable<string> lines, bool areErrors) =>
        deliver(new LinesPrinted(session, lines, areErrors));

    /// <summary>Explains why the output is partial; null if the exit code is the command's own.</summary>
    private async Task<FargateException?> ExplainAsync(
        SshEndpoint endpoint,
        int exitCode,
        IReadOnlyList<string> messages,
        TaskDescription? stoppedTask,
        CancellationToken cancellationToken)
    {
        if (exitCode != SshProcess.ConnectionFailed
            || (stoppedTask is null && await HasSignalEndedItAsync(endpoint, messages, cancellationToken)))
        {
            return null;
        }

        var error = await LostConnection.ExplainAsync(cloud, session, messages, stoppedTask, cancellationToken);
        return error is null ? null
            : SshLog.EndOf(messages) == ConnectionEnd.Lost ? CommandErrors.CommandCutShort(session, error)
            : await new RefusedLogin(cloud).ExplainAsync(session, error, cancellationToken);
    }

    /// <summary>A shared connection does not report signals; if it still answers, it was not lost.</summary>
    private static async Task<bool> HasSignalEndedItAsync(
        SshEndpoint endpoint, IReadOnlyList<string> messages, CancellationToken cancellationToken) =>
        endpoint.ControlPath is { } path
        && SshLog.IsShared(messages)
        && SshLog.EndOf(messages) == ConnectionEnd.Lost
        && await ControlSocket.AnswersAsync(path, cancellationToken);
}

/// <summary>The options of a command.</summary>
internal sealed record CommandOptions
{
    /// <summary>The path of ssh.</summary>
    public required string Ssh { get; init; }

    /// <summary>The user's own options for ssh.</summary>
    public IReadOnlyList<SshOption> SshOptions { get; init; } = [];

    /// <summary>The command to run.</summary>
    public required RemoteCommand Command { get; init; }

    /// <summary>The command's standard input.</summary>
    public required SharedInput Input { get; init; }

    /// <summary>The command's time limit; null for none.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether standard output is delivered as bytes instead of lines.</summary>
    public bool IsRaw { get; init; }
}

/// <summary>Lines that a command has printed.</summary>
/// <param name="Session">The session that runs it.</param>
/// <param name="Lines">The lines, to be enumerated once, during delivery.</param>
/// <param name="AreErrors">Whether they came from standard error.</param>
internal sealed record LinesPrinted(FargateSession Session, IEnumerable<string> Lines, bool AreErrors) : SessionEvent(Session);

/// <summary>Bytes that a command has printed.</summary>
/// <param name="Session">The session that runs it.</param>
/// <param name="Bytes">The bytes.</param>
internal sealed record BytesPrinted(FargateSession Session, byte[] Bytes) : SessionEvent(Session);

/// <summary>A command or its connection has ended.</summary>
/// <param name="Session">The session that ran it.</param>
/// <param name="ExitCode">ssh's exit code, which is the command's own unless there is an error.</param>
/// <param name="Duration">The time since the start of ssh.</param>
/// <param name="Error">The reason why its output is partial, or null.</param>
internal sealed record CommandEnded(FargateSession Session, int ExitCode, TimeSpan Duration, FargateException? Error)
    : SessionEvent(Session);
