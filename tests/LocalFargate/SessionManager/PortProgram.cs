using System.Net.Sockets;
using LocalFargate.Network;

namespace LocalFargate.SessionManager;

/// <summary>A port without multiplexing, as AWS-StartSSHSession has it: the session is its one connection.</summary>
internal sealed class PortProgram(PortDialer dialer, AgentChannel channel, Gate clientPresent) : ISessionProgram
{
    private volatile TaskConnection? _connection;

    public async Task<bool> TakeAsync(ChannelMessage message, CancellationToken cancellationToken)
    {
        if (_connection is not { } connection)
        {
            return false;
        }

        if (message.PayloadType == PayloadType.Output)
        {
            try
            {
                await connection.SendAsync(message.Payload, cancellationToken);
            }
            catch (SocketException)
            {
                // The server has hung up: the session ends with it.
            }
        }

        return true;
    }

    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        if (await dialer.FindProblemAsync(cancellationToken) is { } problem)
        {
            return problem;
        }

        await dialer.WaitUntilReadyAsync(cancellationToken);
        try
        {
            _connection = await dialer.ConnectAsync(cancellationToken);
        }
        catch (SocketException exception)
        {
            return $"Unable to connect to specified port {dialer.Port}: {exception.Message}";
        }

        try
        {
            await _connection.ReadAllAsync(
                new byte[1024],
                async data =>
                {
                    await channel.SendAsync(PayloadType.Output, data, cancellationToken);
                    await clientPresent.WaitAsync(cancellationToken);
                },
                cancellationToken);
        }
        catch (SocketException)
        {
            // A reset ends it like an end.
        }

        return "";
    }

    public ValueTask DisposeAsync()
    {
        _connection?.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>Sending to sockets.</summary>
internal static class SocketExtensions
{
    /// <summary>Sends all of it.</summary>
    internal static async Task SendAllAsync(this Socket socket, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        while (!data.IsEmpty)
        {
            data = data[await socket.SendAsync(data, cancellationToken)..];
        }
    }
}
