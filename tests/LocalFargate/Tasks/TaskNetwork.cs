using System.Net;
using LocalFargate.Network;

namespace LocalFargate.Tasks;

/// <summary>Makes the addresses of one task reachable, and gives them back when the task is gone.</summary>
internal sealed class TaskNetwork(FargateTask task, Vpc vpc, IReadOnlyList<int> ports) : IAsyncDisposable
{
    private readonly CancellationTokenSource _detach = new();
    private readonly List<PortForwarder> _forwarders = [];
    private Task _publicAddress = Task.CompletedTask;

    /// <summary>Where the operator stands; null where security groups keep nobody out.</summary>
    internal OperatorPlace? Operator { get; init; }

    internal void Attach()
    {
        if (Operator is not null || task.Plan.SshPort is not (SshPortBehaviour.Normal or SshPortBehaviour.Closed))
        {
            Forward(task.NetworkInterface.PrivateAddress, Operator?.PrivateAddress);
        }

        if (task.NetworkInterface.PublicAddress is { } address && task.Plan.PublicAddressAfter is { } delay)
        {
            _publicAddress = AssociateAsync(address, delay);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _detach.CancelAsync();
        await _publicAddress.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var forwarder in _forwarders)
        {
            await forwarder.DisposeAsync();
        }

        var networkInterface = task.NetworkInterface;
        IPAddress?[] own = [networkInterface.PrivateAddress, networkInterface.PublicAddress, networkInterface.HiddenAddress];
        foreach (var address in own.OfType<IPAddress>())
        {
            vpc.Addresses.Release(address);
        }

        _detach.Dispose();
    }

    private async Task AssociateAsync(IPAddress address, TimeSpan delay)
    {
        await Task.Delay(delay, _detach.Token);
        Forward(address, Operator?.PublicAddress);
        task.Update(state => state with { HasPublicAddress = true });
    }

    /// <param name="address">The address that is forwarded.</param>
    /// <param name="source">The operator's address as it is seen there; null where the operator's network has no way there.</param>
    private void Forward(IPAddress address, IPAddress? source)
    {
        _forwarders.AddRange(ports.Select(port => new PortForwarder(
            new IPEndPoint(address, port),
            task.Plan.DivertedTo ?? new IPEndPoint(task.NetworkInterface.ListenAddress, port),
            task.Plan,
            Operator is null ? null : () => source is not null
                && vpc.Admits(task.NetworkInterface.SecurityGroups, port, new IngressSource(source, [])))));
    }
}
