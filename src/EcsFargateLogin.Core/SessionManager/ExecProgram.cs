using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.SessionManager;

/// <summary>How a program of ECS Exec has ended.</summary>
/// <param name="ExitCode">Its exit code; null where its connection has ended before it.</param>
/// <param name="Channel">The end of its connection; null where this side has ended it.</param>
internal sealed record ExecEnd(int? ExitCode, ChannelEnd? Channel);

/// <summary>
/// A program that was started by ECS Exec, over a data channel of its own, by an <see cref="ExecScript"/>. Disposing ends its
/// session, and with it the terminal of the program.
/// </summary>
internal sealed class ExecProgram : IAsyncDisposable
{
    /// <summary>
    /// The interval at which the size of the terminal is sent again. ECS Exec ends sessions that are idle for 20 minutes, and
    /// counts messages of the client as activity as far as is known; that time cannot be changed.
    /// </summary>
    public static readonly TimeSpan KeepAliveInterval = TimeSpan.FromMinutes(4);

    /// <summary>The time for the session to end by itself after its program has.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    private static readonly TerminalSize DefaultSize = new(Columns: 80, Rows: 24);

    private readonly ShellChannel _channel;
    private readonly ExecScript _script;
    private readonly TimeProvider _clock;
    private readonly TaskCompletionSource<ExecInput> _input = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TerminalSize _size = DefaultSize;

    private ExecProgram(ShellChannel channel, ExecScript script, TimeProvider clock) =>
        (_channel, _script, _clock) = (channel, script, clock);

    /// <summary>Opens the channel, and sends the script.</summary>
    /// <param name="sessions">Systems Manager and KMS.</param>
    /// <param name="ticket">The session of <see cref="ExecScript.Bootstrap"/>, which this ends.</param>
    /// <param name="target">The container: ecs:CLUSTER_TASKID_RUNTIMEID.</param>
    /// <param name="script">The script.</param>
    /// <param name="options">The pace and limits.</param>
    /// <param name="cancellationToken">Cancels it, and ends the session.</param>
    /// <exception cref="FargateException">As <see cref="ShellChannel.OpenAsync"/>.</exception>
    public static async Task<ExecProgram> OpenAsync(
        ISessionManager sessions,
        ChannelTicket ticket,
        string target,
        ExecScript script,
        ChannelOptions options,
        CancellationToken cancellationToken)
    {
        var channel = await ShellChannel.OpenAsync(sessions, ticket, target, options, cancellationToken);
        ExecProgram program = new(channel, script, options.Clock);
        try
        {
            await program.ResizeAsync(script.Size ?? DefaultSize, cancellationToken);
            await channel.SendAsync(script.FirstLine, cancellationToken);
            return program;
        }
        catch (IOException e)
        {
            await program.DisposeAsync();
            throw e.InnerException as FargateException ?? ChannelErrors.SessionClosed(ticket.SessionId, e.Message);
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends input, at first when the script reads it. One call at a time.</summary>
    /// <exception cref="IOException">The program or its session has ended.</exception>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        if (_script.HasTerminal)
        {
            await _channel.SendAsync(input, cancellationToken);
        }
        else
        {
            var lines = await _input.Task.WaitAsync(cancellationToken);
            await _channel.SendAsync(lines.Encode(input.Span), cancellationToken);
        }
    }

    /// <summary>Ends the input of a program with pipes.</summary>
    /// <exception cref="IOException">The program or its session has ended.</exception>
    public async ValueTask EndInputAsync(CancellationToken cancellationToken)
    {
        if (!_script.HasTerminal)
        {
            var lines = await _input.Task.WaitAsync(cancellationToken);
            await _channel.SendAsync(lines.Finish(), cancellationToken);
        }
    }

    /// <summary>Sets the size of the terminal.</summary>
    /// <exception cref="IOException">The session has ended.</exception>
    public ValueTask ResizeAsync(TerminalSize size, CancellationToken cancellationToken)
    {
        _size = size;
        return _channel.ResizeAsync(size, cancellationToken);
    }

    /// <summary>Receives the output until the program or its session has ended.</summary>
    /// <param name="output">
    /// Receives standard output, valid until it returns. The program waits while it does not. Bytes reach it as they come.
    /// </param>
    /// <param name="errors">Receives standard error, likewise, where that is not the terminal.</param>
    /// <param name="hangUp">Ends the wait; the program has not ended then.</param>
    public async Task<ExecEnd> RunAsync(
        Action<ReadOnlyMemory<byte>> output, Action<ReadOnlyMemory<byte>> errors, CancellationToken hangUp)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(hangUp);
        var alive = KeepAliveAsync(ending.Token);
        ExecOutput parts = new(_script, output, errors);
        try
        {
            while (await _channel.ReadAsync(hangUp) is { Length: > 0 } bytes)
            {
                parts.Add(bytes.Span);
                if (parts.ReadsInput)
                {
                    _input.TrySetResult(new ExecInput(parts.ReadsBase64));
                }

                if (parts.ExitCode is { } exitCode)
                {
                    await WaitForEndAsync(hangUp);
                    return new ExecEnd(exitCode, null);
                }
            }

            return new ExecEnd(null, await _channel.Ended);
        }
        catch (OperationCanceledException) when (hangUp.IsCancellationRequested)
        {
            return new ExecEnd(parts.ExitCode, null);
        }
        finally
        {
            await ending.CancelAsync();
            _input.TrySetException(new IOException("The program has ended."));
            // Nobody may wait for it any more.
            _ = _input.Task.Exception;
            await alive;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    /// <summary>Lets the session end by itself, after the program may have left the rest of its input.</summary>
    private async Task WaitForEndAsync(CancellationToken hangUp)
    {
        using var limit = TimeLimit.Begin(EndLimit, hangUp);
        try
        {
            if (!_script.HasTerminal)
            {
                await _channel.SendAsync(ExecInput.LastLine, limit.Token);
            }

            await _channel.Ended.WaitAsync(limit.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Disposing ends it.
        }
    }

    private async Task KeepAliveAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(KeepAliveInterval, _clock, cancellationToken);
                await _channel.ResizeAsync(_size, cancellationToken);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The program has ended.
        }
    }
}
