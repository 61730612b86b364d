using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LocalFargate.Network;

namespace LocalFargate.SessionManager;

/// <summary>Connects to a session's port from inside the container's network.</summary>
/// <param name="request">The session.</param>
/// <param name="hosts">The addresses of hosts that the container reaches by name.</param>
internal sealed class PortDialer(SessionRequest request, IReadOnlyDictionary<string, IPAddress> hosts)
{
    private static readonly IPNetwork[] _denied =
        [IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("fe80::/10"), IPNetwork.Parse("fd00:ec2::/32")];

    private readonly Stopwatch _age = Stopwatch.StartNew();
    private readonly PortDocument _document = request.Document ?? new PortDocument("", new Dictionary<string, string>());

    /// <summary>The time for which the port is not connected to.</summary>
    internal TimeSpan ReadyAfter { get; init; }

    internal bool IsReady => _age.Elapsed >= ReadyAfter;

    internal int Port => _document.Port;

    internal async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        if (ReadyAfter - _age.Elapsed is { Ticks: > 0 } left)
        {
            await Task.Delay(left + TimeSpan.FromMilliseconds(1), cancellationToken);
        }
    }

    /// <summary>What the agent says of hosts that it never connects to: the metadata of the instance, the VPC's DNS and the like.</summary>
    /// <returns>Null for a host that it connects to.</returns>
    internal async Task<string?> FindProblemAsync(CancellationToken cancellationToken)
    {
        if (IsContainerItself)
        {
            return null;
        }

        try
        {
            var address = await ResolveAsync(cancellationToken);
            return _denied.Any(network => network.Contains(address)) || IsReservedInSubnet(address)
                ? $"Forwarding to IP address {address} is forbidden."
                : null;
        }
        catch (SocketException exception)
        {
            return $"lookup {_document.Host}: {exception.Message}";
        }
    }

    /// <exception cref="SocketException">Nothing listens there.</exception>
    internal async Task<TaskConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var address = await ResolveAsync(cancellationToken);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            var diverted = IsContainerItself ? request.Task.Plan.DivertedThroughAws : null;
            await socket.ConnectAsync(diverted ?? new IPEndPoint(address, Port), cancellationToken);
            return new TaskConnection(socket, request.Task.Plan.Faults);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool IsContainerItself => _document.Host is null or "localhost" or "127.0.0.1" or "::1";

    /// <summary>A container's 127.0.0.1 is its own address here: it shares this machine's network with all others.</summary>
    private async Task<IPAddress> ResolveAsync(CancellationToken cancellationToken)
    {
        if (IsContainerItself)
        {
            return request.Task.NetworkInterface.ListenAddress;
        }

        return hosts.TryGetValue(_document.Host!, out var known) || IPAddress.TryParse(_document.Host, out known)
            ? known
            : (await Dns.GetHostAddressesAsync(_document.Host!, cancellationToken))[0];
    }

    /// <summary>The first four addresses of a subnet and its last one are AWS's own.</summary>
    private bool IsReservedInSubnet(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetwork)
        {
            return false;
        }

        var range = request.Task.NetworkInterface.Subnet.Addresses;
        var offset = AddressRange.ToNumber(address) - range.First;
        return offset < 4 || offset == range.Size - 1;
    }
}
