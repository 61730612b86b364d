using System.Security.Cryptography;
using System.Text.Json.Nodes;
using LocalFargate.Logs;
using LocalFargate.Network;

namespace LocalFargate.Tasks;

/// <summary>Starts tasks, and ends those that are left when the server ends.</summary>
internal sealed class TaskLauncher(
    TaskRegistry registry, AddressBlock addresses, LogStreams logs, ContainerSpecs specs, TimeSpan stopTimeout)
    : IAsyncDisposable
{
    private readonly CancellationTokenSource _abort = new();

    /// <inheritdoc cref="LocalFargateOptions.RunsContainers"/>
    internal bool RunsContainers { get; init; } = true;

    /// <summary>Where the operator stands; null where security groups keep nobody out.</summary>
    internal OperatorPlace? Operator { get; init; }

    internal required Vpc Vpc { get; init; }

    internal FargateTask Launch(LaunchRequest request, TaskPlan plan)
    {
        var id = RandomHex(16);
        var arn = $"{request.Cluster.Arn.Replace(":cluster/", ":task/", StringComparison.Ordinal)}/{id}";
        var task = new FargateTask(arn, request.Definition, request.Parameters, CreateInterface(request, plan))
        {
            Cluster = request.Cluster,
            Plan = plan,
        };
        registry.Add(task);

        var ports = specs.PortsOf(task);
        ITaskContainers containers = RunsContainers
            ? new TaskContainers(task, specs, logs, stopTimeout)
            : new BannerContainers(task, ports);
        var network = new TaskNetwork(task, Vpc, RunsContainers ? ports : []) { Operator = Operator };
        task.Ended = Task.Run(new TaskLife(task, containers, network, _abort.Token).RunAsync);
        return task;
    }

    /// <summary>Ends every task at once and waits until nothing of them is left.</summary>
    public async ValueTask DisposeAsync()
    {
        await _abort.CancelAsync();
        foreach (var task in registry.All)
        {
            task.Stop("TerminationNotice", "LocalFargate ended.");
        }

        await Task.WhenAll(registry.All.Select(task => task.Ended));
        foreach (var task in registry.All)
        {
            task.Dispose();
        }

        _abort.Dispose();
    }

    private NetworkInterface CreateInterface(LaunchRequest request, TaskPlan plan) => new()
    {
        Id = $"eni-0{RandomHex(8)}",
        AttachmentId = Guid.NewGuid().ToString(),
        MacAddress = "0e:" + string.Join(':', RandomNumberGenerator.GetBytes(5).Select(octet => $"{octet:x2}")),
        Subnet = request.Subnet,
        SecurityGroups = request.SecurityGroups,
        PrivateAddress = addresses.Take(request.Subnet.Addresses),
        PublicAddress = request.AssignPublicAddress ? addresses.Take(addresses.Public) : null,

        // A late banner and a security group are made by a forwarder in front of sshd, which then has to listen elsewhere.
        HiddenAddress = plan.SshPort == SshPortBehaviour.Late || Operator is not null ? addresses.Take(addresses.Public) : null,
    };

    private static string RandomHex(int octets) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(octets));
}

/// <summary>A task to start, after all that RunTask checks.</summary>
internal sealed record LaunchRequest
{
    internal required Cluster Cluster { get; init; }

    internal required TaskDefinition Definition { get; init; }

    internal required Subnet Subnet { get; init; }

    internal required IReadOnlyList<string> SecurityGroups { get; init; }

    internal required bool AssignPublicAddress { get; init; }

    /// <summary>The parameters of RunTask.</summary>
    internal required JsonObject Parameters { get; init; }
}
