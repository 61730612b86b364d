using System.Text.Json;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.SessionManager;

/// <summary>The size of a terminal, in characters.</summary>
/// <param name="Columns">The number of columns.</param>
/// <param name="Rows">The number of rows.</param>
internal sealed record TerminalSize(int Columns, int Rows);

/// <summary>
/// A program in a container at the other end of a data channel, with a terminal there. Input, output and window sizes pass
/// unchanged: the terminal of this side is the caller's. Disposing ends the session.
/// </summary>
/// <remarks>
/// The agent tells by its first output alone that it is ready, unless the session is encrypted, and drops what comes earlier. So
/// the program must write something before it reads.
/// </remarks>
internal sealed class ShellChannel : IChannelReceiver, IAsyncDisposable
{
    /// <summary>The number of bytes of output that are kept for a slow reader.</summary>
    private const int OutputLimit = 1024 * 1024;

    private const int BufferSize = 64 * 1024;

    /// <summary>What encryption adds to a payload: the nonce and the tag.</summary>
    private const int EncryptionSize = 28;

    private readonly DataChannel _channel;
    private readonly ByteQueue _received = new(OutputLimit);

    private ShellChannel(ISessionManager sessions, ChannelTicket ticket, string target, ChannelOptions options) =>
        _channel = new DataChannel(sessions, ticket, new ChannelPurpose(ChannelKind.Shell, target), this, options);

    /// <summary>Completes when the session has ended. All output is then readable. Never fails.</summary>
    public Task<ChannelEnd> Ended => _channel.Ended;

    /// <summary>Opens the channel of a program that was started by ExecuteCommand, and waits for its first output.</summary>
    /// <param name="sessions">Systems Manager and KMS.</param>
    /// <param name="ticket">The session, which this ends.</param>
    /// <param name="target">The container: ecs:CLUSTER_TASKID_RUNTIMEID.</param>
    /// <param name="options">The pace and limits.</param>
    /// <param name="cancellationToken">Cancels it, and ends the session.</param>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.WebSocketRefused"/> or <see cref="FargateError.SessionManagerFailed"/>, as where the program has
    /// ended before it wrote anything.
    /// </exception>
    public static async Task<ShellChannel> OpenAsync(
        ISessionManager sessions, ChannelTicket ticket, string target, ChannelOptions options, CancellationToken cancellationToken)
    {
        ShellChannel shell = new(sessions, ticket, target, options);
        try
        {
            await shell._channel.OpenAsync(cancellationToken);
            return shell;
        }
        catch
        {
            await shell.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends bytes to the program's terminal.</summary>
    /// <exception cref="IOException">The session has ended.</exception>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        for (var most = _channel.PayloadSize - EncryptionSize; input.Length > 0;)
        {
            var part = input[..Math.Min(most, input.Length)];
            await _channel.SendAsync(PayloadType.Output, part, ReadOnlyMemory<byte>.Empty, cancellationToken);
            input = input[part.Length..];
        }
    }

    /// <summary>Sets the size of the program's terminal.</summary>
    /// <exception cref="IOException">The session has ended.</exception>
    public ValueTask ResizeAsync(TerminalSize size, CancellationToken cancellationToken) => _channel.SendAsync(
        PayloadType.Size,
        JsonSerializer.SerializeToUtf8Bytes(new { cols = size.Columns, rows = size.Rows }),
        ReadOnlyMemory<byte>.Empty,
        cancellationToken);

    /// <summary>Copies the output of the program to a stream, until the session ends. While the stream is busy, the program waits.</summary>
    /// <returns>How the session has ended.</returns>
    public async Task<ChannelEnd> CopyOutputAsync(Stream output, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        while (await _received.ReadAsync(buffer, cancellationToken) is > 0 and var length)
        {
            await output.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
            await output.FlushAsync(cancellationToken);
        }

        return await Ended;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    /// <inheritdoc/>
    async ValueTask IChannelReceiver.ReceiveAsync(
        PayloadType type, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (type is PayloadType.Output or PayloadType.StandardError)
        {
            _received.Add(payload.Span);
            if (_received.IsFull)
            {
                await _received.WaitForRoomAsync(cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    void IChannelReceiver.OnEnded(ChannelEnd end) => _received.End();
}
