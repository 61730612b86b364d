using System.Net;
using LocalFargate.Network;

namespace LocalFargate.Tasks;

/// <summary>Makes the addresses of one task reachable, and gives them back when the task is gone.</summary>
internal sealed class TaskNetwork(FargateTask task, AddressBlock addresses, IReadOnlyList<int> ports) : IAsyncDisposable
{
    private readonly CancellationTokenSource _detach = new();
    private readonly List<PortForwarder> _forwarders = [];
    private Task _publicAddress = Task.CompletedTask;

    internal void Attach()
    {
        if (task.Plan.SshPort is not (SshPortBehaviour.Normal or SshPortBehaviour.Closed))
        {
            Forward(task.NetworkInterface.PrivateAddress);
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
            addresses.Release(address);
        }

        _detach.Dispose();
    }

    private async Task AssociateAsync(IPAddress address, TimeSpan delay)
    {
        await Task.Delay(delay, _detach.Token);
        Forward(address);
        task.Update(state => state with { HasPublicAddress = true });
    }

    private void Forward(IPAddress address)
    {
        var target = task.NetworkInterface.HiddenAddress ?? task.NetworkInterface.PrivateAddress;
        _forwarders.AddRange(ports.Select(port => new PortForwarder(
            new IPEndPoint(address, port), task.Plan.DivertedTo ?? new IPEndPoint(target, port), task.Plan.SshPort, task.Plan.BannerDelay)));
    }
}
