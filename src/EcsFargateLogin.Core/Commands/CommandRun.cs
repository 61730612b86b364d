using System.Diagnostics;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Lifecycle.Waiting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Shells;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Commands;

/// <summary>Runs a command in one session's container, and explains how it ended.</summary>
/// <param name="cloud">The connection to AWS for the session.</param>
/// <param name="session">The session.</param>
/// <param name="options">The command, and how it is run.</param>
/// <param name="output">Receives the command's output.</param>
internal sealed class CommandRun(
    IFargateCloud cloud, FargateSession session, CommandOptions options, ICommandOutput output)
{
    private readonly LineReader _lines = new();
    private readonly LineReader _errorLines = new();

    /// <summary>Runs the command to its end.</summary>
    /// <param name="endpoint">The address and keys to log in with.</param>
    /// <param name="progress">Receives events of the task.</param>
    /// <param name="cancellationToken">Cancels the command; ssh has ended when this returns.</param>
    public async Task<CommandEnded> RunAsync(
        SshEndpoint endpoint, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        var log = SshLog.NewPathIn(session.Folder!);
        var arguments = SshCommandLine.ForCommand(endpoint, options.SshOptions, log, options.Command.Line);
        progress.Report(new Detail(session, CommandText.Of(options.Ssh, arguments)));
        try
        {
            using CommandLimit limit = new(options.Timeout);
            var begun = Stopwatch.GetTimestamp();
            WatchedShell watched = new(new ShellWatch(cloud, session, new ShellWatchOptions()));
            var (sshCode, stoppedTask) = await watched
                .RunAsync(
                    hangUp => RunSshAsync(endpoint, arguments, limit, hangUp, cancellationToken), progress, cancellationToken);
            var duration = Stopwatch.GetElapsedTime(begun);
            var (exitCode, messages) = SshLog.ReadEnd(log, sshCode, options.SshOptions);
            output.AddLines(_lines.ReadRest());
            output.AddErrorLines(WithoutClosingMessages(_errorLines.ReadRest()));
            var error = limit.ErrorFor(session)
                ?? await ExplainAsync(endpoint, exitCode, messages, stoppedTask, cancellationToken);
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
        CommandLimit limit,
        CancellationToken hangUp,
        CancellationToken cancellationToken)
    {
        limit.Begin();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(hangUp, limit.Token);
        CommandStreams streams = new()
        {
            Feed = (stream, token) => options.Input.FeedAsync(session, stream, token),
            Output = options.IsRaw
                ? bytes => output.AddBytes(bytes.Span)
                : bytes => output.AddLines(_lines.Read(bytes)),
            Errors = bytes => output.AddErrorLines(WithoutClosingMessages(_errorLines.Read(bytes))),
        };
        var exitCode = await CommandProcess.RunAsync(
            SshCommandLine.Start(options.Ssh, arguments, endpoint.KeepsSession), streams, ending.Token, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        limit.End();
        return exitCode;
    }

    /// <summary>Drops ssh's closing messages, which it also writes to standard error: the error says more.</summary>
    private static IEnumerable<string> WithoutClosingMessages(IEnumerable<string> lines) =>
        lines.Where(line => !SshLog.IsClosingWord(line));

    /// <summary>Returns the error that made the output partial; null if the exit code is the command's own.</summary>
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

/// <summary>
/// Receives the output of a command, on the threads that read it: one for standard output, and one for standard error. Each call
/// returns when there is room for more.
/// </summary>
internal interface ICommandOutput
{
    /// <summary>Adds lines of standard output. They are enumerated once, before this returns.</summary>
    void AddLines(IEnumerable<string> lines);

    /// <summary>Adds lines of standard error, likewise.</summary>
    void AddErrorLines(IEnumerable<string> lines);

    /// <summary>Adds bytes of standard output, which are copied.</summary>
    void AddBytes(ReadOnlySpan<byte> bytes);
}

/// <summary>The time limit of a command. Cancels a token where the command has not ended in time.</summary>
/// <param name="limit">The limit; null for none.</param>
internal sealed class CommandLimit(TimeSpan? limit) : IDisposable
{
    private readonly CancellationTokenSource _passed = new();

    /// <summary>Cancelled when the limit has passed.</summary>
    public CancellationToken Token => _passed.Token;

    /// <summary>Whether the limit has passed before the command ended.</summary>
    public bool HasPassed => _passed.IsCancellationRequested;

    /// <summary>Begins the limit.</summary>
    public void Begin() => _passed.CancelAfter(limit ?? Timeout.InfiniteTimeSpan);

    /// <summary>Ends it: a command that has ended in time is not cut off while its end is explained.</summary>
    public void End() => _passed.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>The error of a command that was cut off; null where the limit has not passed.</summary>
    public FargateException? ErrorFor(FargateSession session) =>
        HasPassed ? CommandErrors.CommandTimeout(session, limit!.Value) : null;

    /// <inheritdoc/>
    public void Dispose() => _passed.Dispose();
}

/// <summary>The end of a command, or of its connection.</summary>
/// <param name="Session">The session.</param>
/// <param name="ExitCode">ssh's exit code, which is the command's own unless there is an error.</param>
/// <param name="Duration">The time since ssh was started.</param>
/// <param name="Error">The error that made the output partial, or null.</param>
internal sealed record CommandEnded(FargateSession Session, int ExitCode, TimeSpan Duration, FargateException? Error);

/// <summary>The command, and how it is run.</summary>
internal sealed record CommandOptions
{
    /// <summary>The path of ssh.</summary>
    public required string Ssh { get; init; }

    /// <summary>The user's own options for ssh.</summary>
    public IReadOnlyList<SshOption> SshOptions { get; init; } = [];

    /// <summary>The command.</summary>
    public required RemoteCommand Command { get; init; }

    /// <summary>The command's input.</summary>
    public required SharedInput Input { get; init; }

    /// <summary>Longest time that it may run; null for no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether standard output is given as bytes instead of lines.</summary>
    public bool IsRaw { get; init; }
}
