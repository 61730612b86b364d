using System.Net.Sockets;
using LocalFargate.Faults;
using LocalFargate.SessionManager;

namespace LocalFargate.Network;

/// <summary>A connection to a port of a task, with the faults in its path.</summary>
/// <param name="socket">The connection, which it owns.</param>
/// <param name="faults">The server's faults.</param>
internal sealed class TaskConnection(Socket socket, FaultSet faults) : IDisposable
{
    private readonly PathLine _toTask = new(faults, PathDirection.ToTask);
    private readonly PathLine _toClient = new(faults, PathDirection.ToClient);

    /// <summary>Sends bytes of the client.</summary>
    /// <returns>False when the connection was closed in the path.</returns>
    /// <exception cref="SocketException">The task has hung up, or the connection was reset in the path.</exception>
    internal async Task<bool> SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var isOpen = false;
        try
        {
            isOpen = await _toTask.PassAsync(data.ToArray(), part => socket.SendAllAsync(part, cancellationToken), cancellationToken);
            return isOpen;
        }
        finally
        {
            if (!isOpen)
            {
                Shutdown(SocketShutdown.Both);
            }
        }
    }

    /// <summary>Hands on the bytes of the task, until either ends.</summary>
    /// <param name="buffer">Room for the bytes of one part.</param>
    /// <param name="take">Takes a part.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SocketException">The connection was reset, by the task or in the path.</exception>
    internal async Task ReadAllAsync(
        Memory<byte> buffer, Func<ReadOnlyMemory<byte>, Task> take, CancellationToken cancellationToken)
    {
        int count;
        while ((count = await socket.ReceiveAsync(buffer, cancellationToken)) > 0)
        {
            if (!await _toClient.PassAsync(buffer[..count], take, cancellationToken))
            {
                Shutdown(SocketShutdown.Both);
                return;
            }
        }
    }

    /// <summary>Ends one direction, or both.</summary>
    internal void Shutdown(SocketShutdown direction)
    {
        try
        {
            socket.Shutdown(direction);
        }
        catch (SocketException)
        {
            // The task has hung up already.
        }
    }

    public void Dispose() => socket.Dispose();
}
