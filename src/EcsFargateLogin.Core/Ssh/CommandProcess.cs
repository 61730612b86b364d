using System.Diagnostics;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Ssh;

/// <summary>Runs ssh for a remote command, with pipes for its input and output.</summary>
internal static class CommandProcess
{
    /// <summary>
    /// Longest time for which the output of a program that was ended is still read. The master connection may hold the pipe open
    /// as long as the remote program runs on.
    /// </summary>
    private static readonly TimeSpan RestLimit = TimeSpan.FromSeconds(1);

    /// <summary>Runs a program until it and its output have ended.</summary>
    /// <param name="start">The program.</param>
    /// <param name="streams">Its input and output.</param>
    /// <param name="hangUp">Ends the program (SIGTERM, then SIGKILL). The output until then is received.</param>
    /// <param name="cancellationToken">Ends the program as well, but the rest of its output is discarded.</param>
    /// <returns>Its exit code; <see cref="SshProcess.ConnectionFailed"/> when it had to be killed.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; the program has ended.</exception>
    public static async Task<int> RunAsync(
        ProcessStartInfo start, CommandStreams streams, CancellationToken hangUp, CancellationToken cancellationToken)
    {
        start.UseShellExecute = false;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = SshProcess.Start(start);
        using var watched = SshWatchdog.Watch(process);
        using var unread = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(hangUp, cancellationToken);
        using var feeding = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
        // Not awaited, because writing to a full pipe that another process holds open would block.
        _ = FeedAsync(process.StandardInput.BaseStream, streams.Feed, feeding.Token);
        var reading = Task.WhenAll(
            ReadAsync(process.StandardOutput.BaseStream, streams.Output, ending, unread.Token),
            ReadAsync(process.StandardError.BaseStream, streams.Errors, ending, unread.Token));
        var exitCode = await SshProcess.WaitForEndAsync(process, ending.Token);
        await feeding.CancelAsync();
        if (ending.IsCancellationRequested)
        {
            unread.CancelAfter(RestLimit);
        }

        try
        {
            await reading;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The program was ended, and its pipe is still open.
        }

        return exitCode;
    }

    private static async Task FeedAsync(
        Stream stream, Func<Stream, CancellationToken, Task> feed, CancellationToken cancellationToken)
    {
        try
        {
            await using (stream)
            {
                await feed(stream, cancellationToken);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // A program may end without reading all of its input.
        }
    }

    private static async Task ReadAsync(
        Stream stream,
        Action<ReadOnlyMemory<byte>> receive,
        CancellationTokenSource ending,
        CancellationToken cancellationToken)
    {
        try
        {
            await new OutputReader(stream, receive).ReadAllAsync(cancellationToken);
        }
        catch
        {
            // Nothing reads the output any more, so the program must not block on it.
            await ending.CancelAsync();
            throw;
        }
    }
}

/// <summary>The input and output of a remote command.</summary>
internal sealed record CommandStreams
{
    /// <summary>
    /// Writes standard input as it comes. It is cancelled when the program has ended; a program that reads no more is no error.
    /// </summary>
    public required Func<Stream, CancellationToken, Task> Feed { get; init; }

    /// <summary>
    /// Receives bytes of standard output, on a thread of its own. The next are read when it has returned, so that output comes no
    /// faster than it is received.
    /// </summary>
    public required Action<ReadOnlyMemory<byte>> Output { get; init; }

    /// <summary>Receives bytes of standard error, likewise.</summary>
    public required Action<ReadOnlyMemory<byte>> Errors { get; init; }
}
