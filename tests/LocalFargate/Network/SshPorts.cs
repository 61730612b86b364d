using System.Net;
using System.Net.Sockets;

namespace LocalFargate.Network;

/// <summary>Chooses the port that the tasks' sshd listens on.</summary>
internal static class SshPorts
{
    private static readonly int[] _candidates = [22, 2222, 2022, 22022];

    /// <summary>
    /// Port 22 as on Fargate, unless this machine does not let it be bound: to others than root, or because its own
    /// sshd has it on every address.
    /// </summary>
    /// <exception cref="IOException">None of the ports can be bound.</exception>
    internal static int Choose(AddressBlock addresses)
    {
        var address = addresses.Take(addresses.Public);
        try
        {
            foreach (var port in _candidates)
            {
                if (CanBind(new IPEndPoint(address, port)))
                {
                    return port;
                }
            }
        }
        finally
        {
            addresses.Release(address);
        }

        throw new IOException(
            $"None of the ports {string.Join(", ", _candidates)} can be bound on {address}. Choose another one for sshd.");
    }

    private static bool CanBind(IPEndPoint endpoint)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endpoint);
            socket.Listen();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
