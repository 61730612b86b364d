using System.Text.Json.Nodes;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Setup;

/// <summary>An application's own task definition, as ECS describes it, and the container that runs the application.</summary>
internal sealed class ApplicationDefinition
{
    /// <summary>The members of a task definition that suit a session as well as the application.</summary>
    private static readonly string[] KeptOfTask =
        ["taskRoleArn", "executionRoleArn", "cpu", "memory", "runtimePlatform", "ephemeralStorage"];

    /// <summary>
    /// The members of a container that do. All others serve, start or monitor the application, or depend on its image.
    /// </summary>
    private static readonly string[] KeptOfContainer =
        ["environment", "environmentFiles", "secrets", "workingDirectory", "mountPoints", "ulimits"];

    /// <summary>The variables that each session sets itself.</summary>
    private static readonly string[] SessionVariables =
        [ContainerVariables.AuthorizedKey, ContainerVariables.Nonce, ContainerVariables.Port];

    private readonly JsonObject _definition;

    private ApplicationDefinition(JsonObject definition, JsonObject container) =>
        (_definition, Container) = (definition, container);

    /// <summary>The container that runs the application.</summary>
    public JsonObject Container { get; }

    /// <summary>Finds the container that was named, or the only one there is.</summary>
    /// <param name="name">The task definition, as the user named it.</param>
    /// <param name="definition">The task definition, as ECS describes it.</param>
    /// <param name="containerName">The container, or null.</param>
    /// <exception cref="FargateException">There is none, there are several, or they are not for Linux.</exception>
    public static ApplicationDefinition Of(string name, JsonObject definition, string? containerName)
    {
        if ((string?)definition["runtimePlatform"]?["operatingSystemFamily"] is { } system
            && !system.Equals("LINUX", StringComparison.OrdinalIgnoreCase))
        {
            throw SetupErrors.NotForLinux(name, system);
        }

        List<JsonObject> containers = [.. Items(definition["containerDefinitions"])];
        var found = containerName is null && containers.Count == 1
            ? containers[0]
            : containers.Find(container => containerName is not null && (string?)container["name"] == containerName);
        return found is not null
            ? new(definition, found)
            : throw SetupErrors.SourceContainerUnclear(
                name, containerName, containers.Select(container => (string?)container["name"] ?? ""));
    }

    /// <summary>Copies the members to keep into a task definition for sessions and its container.</summary>
    /// <returns>The parts of its confinement that are not kept, and the options that sessions need.</returns>
    public IReadOnlyList<string> CarryOverTo(JsonObject definition, JsonObject container, LoginDefinitionRequest request)
    {
        Copy(KeptOfTask, _definition, definition);
        var ownEnvironment = Items(container["environment"]).Select(variable => variable.DeepClone()).ToList();
        Copy(KeptOfContainer, Container, container);
        Drop(container, "secrets", secret => SessionVariables.Contains((string?)secret["name"]));
        container["environment"] = Environment(container, ownEnvironment);
        CarryLogOver(container);
        CarryVolumesOver(definition, container);

        // They belong to one registry, and must not be sent to another.
        if (Container["repositoryCredentials"] is { } credentials
            && ImageReference.TryParse((string?)Container["image"])?.Registry == request.Image.Registry)
        {
            container["repositoryCredentials"] = credentials.DeepClone();
        }

        return new Confinement(Container, container, request.Port).CarryOver();
    }

    private static JsonArray Environment(JsonObject container, List<JsonNode> own)
    {
        List<JsonNode> kept = [.. Items(container["environment"])
            .Where(variable => !SessionVariables.Contains((string?)variable["name"]))
            .Select(variable => variable.DeepClone())];
        var names = kept.Concat(Items(container["secrets"])).Select(each => (string?)each["name"]).ToHashSet();
        return new JsonArray([.. kept, .. own.Where(variable => !names.Contains((string?)variable["name"]))]);
    }

    /// <summary>
    /// Keeps the application's log configuration, except FireLens, which needs another container. Without one there is no log,
    /// because its group might not exist.
    /// </summary>
    private void CarryLogOver(JsonObject container)
    {
        if (Container["logConfiguration"] is not JsonObject log || (string?)log["logDriver"] == "awsfirelens")
        {
            container.Remove("logConfiguration");
            return;
        }

        var kept = log.DeepClone().AsObject();
        if ((string?)kept["logDriver"] == "awslogs" && kept["options"] is JsonObject options)
        {
            // Fargate requires it, other launch types do not.
            options["awslogs-stream-prefix"] ??= "fargate-login";
        }

        container["logConfiguration"] = kept;
    }

    /// <summary>Keeps the volumes that its container mounts and that Fargate can attach to a standalone task.</summary>
    private void CarryVolumesOver(JsonObject definition, JsonObject container)
    {
        var mounted = Items(Container["mountPoints"]).Select(mount => (string?)mount["sourceVolume"]).ToHashSet();
        List<JsonObject> volumes =
            [.. Items(_definition["volumes"]).Where(volume => mounted.Contains((string?)volume["name"]) && IsForFargate(volume))];
        Drop(container, "mountPoints", mount => volumes.TrueForAll(
            volume => (string?)volume["name"] != (string?)mount["sourceVolume"]));
        if (volumes.Count > 0)
        {
            definition["volumes"] = new JsonArray([.. volumes.Select(volume => volume.DeepClone())]);
        }
    }

    private static bool IsForFargate(JsonObject volume) =>
        volume["dockerVolumeConfiguration"] is null
        && volume["fsxWindowsFileServerVolumeConfiguration"] is null
        && (bool?)volume["configuredAtLaunch"] != true
        && volume["host"]?["sourcePath"] is null;

    private static void Copy(string[] members, JsonObject from, JsonObject to)
    {
        foreach (var member in members.Where(member => from[member] is not null))
        {
            to[member] = from[member]!.DeepClone();
        }
    }

    private static void Drop(JsonObject parent, string list, Predicate<JsonObject> isDropped)
    {
        if (parent[list] is JsonArray items)
        {
            parent[list] = new JsonArray(
                [.. items.OfType<JsonObject>().Where(item => !isDropped(item)).Select(item => item.DeepClone())]);
        }
    }

    private static IEnumerable<JsonObject> Items(JsonNode? list) => (list as JsonArray ?? []).OfType<JsonObject>();
}
