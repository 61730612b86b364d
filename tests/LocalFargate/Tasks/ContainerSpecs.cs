using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using LocalFargate.Containers;
using LocalFargate.Network;

namespace LocalFargate.Tasks;

/// <summary>Puts together what a container runs: its image, its task definition, the overrides, and this server's own.</summary>
internal sealed class ContainerSpecs(IReadOnlyDictionary<string, LocalImage> images, string region, int sshPort)
{
    private const string ListenAddress = "_SSH_LISTEN_ADDRESS";
    private const string Port = "_SSH_PORT";

    // Runs until it is asked to stop, and does not listen to anything.
    private static readonly string[] _idle = ["sh", "-c", "trap 'exit 143' TERM; sleep infinity & wait"];

    internal bool HasImage(string image) => images.ContainsKey(image);

    internal ContainerSpec Create(FargateTask task, ContainerDefinition definition)
    {
        var image = images[definition.Image];
        var environment = EnvironmentOf(task, definition);

        // On Fargate a container has the whole address to itself; here it must not listen on others' addresses.
        var address = task.NetworkInterface.ListenAddress;
        environment[ListenAddress] = address.ToString();
        return new ContainerSpec
        {
            Hostname = task.NetworkInterface.Hostname,
            Address = address.ToString(),
            Command = HasSshd(task) ? CommandOf(image, definition, FindOverrides(task, definition)) : _idle,
            Environment = environment,
            Files = image.Files,
            User = definition.User,
            ReadOnlyRoot = definition.ReadOnlyRoot,
        };
    }

    /// <summary>The ports that the task's containers listen on.</summary>
    internal IReadOnlyList<int> PortsOf(FargateTask task)
    {
        var ports = task.Definition.Containers.SelectMany(definition => definition.Ports);
        var sshPorts = task.Definition.Containers.Where(definition => HasImage(definition.Image))
            .Select(definition => EnvironmentOf(task, definition)[Port])
            .Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : 0);
        return [.. ports.Concat(sshPorts).Where(port => port is > 0 and <= IPEndPoint.MaxPort).Distinct()];
    }

    private Dictionary<string, string> EnvironmentOf(FargateTask task, ContainerDefinition definition)
    {
        var environment = ContainerEnvironment.Create(task.NetworkInterface.Hostname, region);
        environment[Port] = sshPort.ToString(CultureInfo.InvariantCulture);
        foreach (var (name, value) in images[definition.Image].Environment.Concat(definition.Environment)
            .Concat(ContainerDefinition.Pairs(FindOverrides(task, definition)?["environment"])))
        {
            environment[name] = value;
        }

        return environment;
    }

    private static bool HasSshd(FargateTask task) => task.Plan.SshPort is SshPortBehaviour.Normal or SshPortBehaviour.Late;

    private static IReadOnlyList<string> CommandOf(LocalImage image, ContainerDefinition definition, JsonObject? overrides)
    {
        var command = ContainerDefinition.Strings(overrides?["command"]);
        if (command.Count == 0)
        {
            command = definition.Command;
        }

        string[] all = [.. definition.EntryPoint, .. command];
        return all.Length > 0 ? all : image.Command.Count > 0 ? image.Command : _idle;
    }

    private static JsonObject? FindOverrides(FargateTask task, ContainerDefinition definition) =>
        task.Request["overrides"]?["containerOverrides"]?.AsArray()
            .FirstOrDefault(node => (string?)node!["name"] == definition.Name)?.AsObject();
}
