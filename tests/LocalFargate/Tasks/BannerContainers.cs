using System.Net;
using LocalFargate.Network;

namespace LocalFargate.Tasks;

/// <summary>
/// Stands in for the containers of a task without any process: on its addresses something answers as an SSH server does,
/// with its first line and nothing more.
/// </summary>
internal sealed class BannerContainers(FargateTask task, IReadOnlyList<int> ports) : ITaskContainers
{
    private readonly List<BannerListener> _listeners = [];

    public string? FindMissingImage() => null;

    public Task StartAsync()
    {
        IPAddress?[] addresses = [task.NetworkInterface.PrivateAddress, task.NetworkInterface.PublicAddress];
        _listeners.AddRange(addresses.OfType<IPAddress>()
            .SelectMany(address => ports.Select(port => new BannerListener(new IPEndPoint(address, port)))));
        SetContainers(container => container.Started(task.Id));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken abort)
    {
        foreach (var listener in _listeners)
        {
            await listener.DisposeAsync();
        }

        _listeners.Clear();
        SetContainers(container => container with { Status = "STOPPED" });
    }

    private void SetContainers(Func<ContainerState, ContainerState> change) => task.Update(state => state with
    {
        Containers = [.. state.Containers.Select(change)],
    });
}
