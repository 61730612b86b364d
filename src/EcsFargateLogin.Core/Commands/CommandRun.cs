using System.Diagnostics;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Lifecycle.Waiting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Shells;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Commands;

/// <summary>Runs a command in one session's container, hands on what it prints, and tells how it ended.</summary>
/// <param name="cloud">What is asked about the task.</param>
/// <param name="session">The session.</param>
/// <param name="options">What to run, and how.</param>
/// <param name="deliver">
/// Takes <see cref="LinesPrinted"/> and <see cref="BytesPrinted"/>, on the threads that read; returns when it can take more.
/// </param>
internal sealed class CommandRun(
    IFargateCloud cloud, FargateSession session, CommandOptions options, Action<SessionEvent> deliver)
{
    private readonly LineReader _output = new();
    private readonly LineReader _errors = new();

    /// <summary>Runs the command to its end.</summary>
    /// <param name="endpoint">Where to log in.</param>
    /// <param name="progress">Is told what happens to the task.</param>
    /// <param name="cancellationToken">Cancels it; ssh has then ended.</param>
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
            Errors = bytes => Deliver(WithoutOwn(_errors.Read(bytes)), areErrors: true),
        };
        var exitCode = await CommandProcess.RunAsync(
            SshCommandLine.Start(options.Ssh, arguments, endpoint.KeepsSession),
            streams,
            ending.Token,
            cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();

        // What has ended in time has not run out of it.
        timeout.CancelAfter(Timeout.InfiniteTimeSpan);
        return exitCode;
    }

    private void DeliverRest()
    {
        Deliver(_output.ReadRest(), areErrors: false);
        Deliver(WithoutOwn(_errors.ReadRest()), areErrors: true);
    }

    /// <summary>ssh's own last words go to standard error whatever its log is; the error says more.</summary>
    private static IEnumerable<string> WithoutOwn(IEnumerable<string> lines) => lines.Where(line => !SshLog.IsClosingWord(line));

    private void Deliver(IEnumerable<string> lines, bool areErrors) =>
        deliver(new LinesPrinted(session, lines, areErrors));

    /// <summary>Why the output is partial; null where the exit code is the command's own.</summary>
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

    /// <summary>A shared connection does not tell of signals; but when it lives on, it was not lost.</summary>
    private static async Task<bool> HasSignalEndedItAsync(
        SshEndpoint endpoint, IReadOnlyList<string> messages, CancellationToken cancellationToken) =>
        endpoint.ControlPath is { } path
        && SshLog.IsShared(messages)
        && SshLog.EndOf(messages) == ConnectionEnd.Lost
        && await ControlSocket.AnswersAsync(path, cancellationToken);
}

/// <summary>How a command is run.</summary>
internal sealed record CommandOptions
{
    /// <summary>The path of ssh.</summary>
    public required string Ssh { get; init; }

    /// <summary>The user's own options for it.</summary>
    public IReadOnlyList<SshOption> SshOptions { get; init; } = [];

    /// <summary>What to run.</summary>
    public required RemoteCommand Command { get; init; }

    /// <summary>What it reads.</summary>
    public required SharedInput Input { get; init; }

    /// <summary>How long it may run; null for as long as it takes.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether its standard output is handed on as bytes instead of lines.</summary>
    public bool IsRaw { get; init; }
}

/// <summary>Lines that a command has printed.</summary>
/// <param name="Session">Where it runs.</param>
/// <param name="Lines">The lines, to be gone through once, while this is being delivered.</param>
/// <param name="AreErrors">Whether they came from standard error.</param>
internal sealed record LinesPrinted(FargateSession Session, IEnumerable<string> Lines, bool AreErrors) : SessionEvent(Session);

/// <summary>Bytes that a command has printed, as they are.</summary>
/// <param name="Session">Where it runs.</param>
/// <param name="Bytes">The bytes.</param>
internal sealed record BytesPrinted(FargateSession Session, byte[] Bytes) : SessionEvent(Session);

/// <summary>A command has ended, or its connection.</summary>
/// <param name="Session">Where it ran.</param>
/// <param name="ExitCode">ssh's exit code, which is the command's own unless there is an error.</param>
/// <param name="Duration">From the start of ssh on.</param>
/// <param name="Error">Why its output is partial, or null.</param>
internal sealed record CommandEnded(FargateSession Session, int ExitCode, TimeSpan Duration, FargateException? Error)
    : SessionEvent(Session);
