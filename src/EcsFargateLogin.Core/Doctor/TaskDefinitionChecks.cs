using System.Globalization;
using System.Text.Json.Nodes;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Lifecycle.Starting;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Doctor;

/// <summary>Checks that the task definition runs on Fargate, and that its container accepts logins.</summary>
internal sealed class TaskDefinitionChecks : ICheckGroup
{
    private const string Check = "task definition";
    private const string Action = "ecs:DescribeTaskDefinition";
    private const string AuthorizedKey = ContainerVariables.AuthorizedKey;
    private const string PortVariable = ContainerVariables.Port;

    /// <summary>Fargate's default, in seconds.</summary>
    private const int DefaultStopTimeout = 30;

    /// <summary>The time that start-sshd.sh needs to hang up logins, in seconds, with a reserve.</summary>
    private const int ShortestStopTimeout = 5;

    /// <inheritdoc/>
    public string Name => Check;

    /// <inheritdoc/>
    public async Task RunAsync(Examination examination, CancellationToken cancellationToken)
    {
        if (examination.Request.TaskDefinition is not { } name)
        {
            await examination.SkipAsync(Check, "none was named", "Name one with -TaskDefinition.");
            return;
        }

        examination.Definition = await examination
            .QueryAsync(Check, Action, () => examination.Cloud.Definitions.ReadAsync(name, cancellationToken));
        if (examination.Definition is not { } definition)
        {
            return;
        }

        await examination.PassAsync(Check, $"{definition["family"]}:{definition["revision"]}");
        await CheckContainerAsync(examination, definition, cancellationToken);
        await CheckArchitectureAsync(examination, definition);
        await CheckRolesAsync(examination, definition);
        if (examination.Container is { } container && examination.Request.Transport.HasSsh())
        {
            await CheckPortAsync(examination, definition, container);
            await CheckLogAsync(examination, container);
            await CheckStopTimeoutAsync(examination, container);
            await CheckKeyAsync(examination, container);
        }
    }

    /// <summary>Finds the container by the rules of sessions.</summary>
    private static async Task CheckContainerAsync(
        Examination examination, JsonObject definition, CancellationToken cancellationToken)
    {
        try
        {
            var found = await LoginContainer.FindAsync(examination.Cloud, examination.Request.ToSession(), cancellationToken);
            examination.Container = Items(definition["containerDefinitions"])
                .FirstOrDefault(container => (string?)container["name"] == found.Name);
            await examination.PassAsync("Fargate", "networkMode is awsvpc, and it is compatible with FARGATE");
            await examination.PassAsync("container", $"{found.Name}, {examination.Container?["image"]}");
            await CheckEndAsync(examination, found);
            await CheckSizeAsync(examination, found);
        }
        catch (FargateException e) when (e.Error is FargateError.TaskDefinitionUnsuitable or FargateError.ContainerNotFound)
        {
            await examination.FailAsync(e.Error == FargateError.ContainerNotFound ? "container" : "Fargate", e);
        }
    }

    /// <summary>Checks that the task ends with the container, as the container's limits require.</summary>
    private static Task CheckEndAsync(Examination examination, LoginContainer container) =>
        container.OutlivedReason is { } why
            ? examination.FailAsync(
                "task's end", StartErrors.TaskOutlivesContainer(examination.Request.TaskDefinition!, why))
            : examination.PassAsync("task's end", "the task ends with that container, and so at its limits");

    /// <summary>Says the size that a session's task would have, and checks it as New-FargateSession does.</summary>
    private static Task CheckSizeAsync(Examination examination, LoginContainer container)
    {
        const string Check = "size";
        var request = examination.Request.ToSession();
        var size = request.Size.Or(container.Size?.Task ?? TaskSize.None).Or(new() { EphemeralStorage = TaskSize.DefaultStorage });
        try
        {
            TaskSizeCheck.ThrowIfInvalid(request, container.Size);
        }
        catch (FargateException e)
        {
            return examination.FailAsync(Check, e);
        }

        return request.Size.Memory > container.Size?.Containers.FirstOrDefault(each => each.Name == container.Name)?.Memory
            ? examination.WarnAsync(
                Check,
                $"{size}, but the task definition limits the container to less memory, whatever the task has",
                "Register a revision without memory for that container, as Register-FargateLoginTaskDefinition does.")
            : examination.PassAsync(Check, size.ToString());
    }

    private static Task CheckArchitectureAsync(Examination examination, JsonObject definition)
    {
        var platform = definition["runtimePlatform"];
        var system = (string?)platform?["operatingSystemFamily"] ?? "LINUX";
        return system == "LINUX"
            ? examination.PassAsync(
                "architecture", $"{(string?)platform?["cpuArchitecture"] ?? "X86_64"}; that of the image is not known to ECS")
            : examination.FailAsync("architecture", $"it is for {system}", "Sessions run on Linux only: register one for LINUX.");
    }

    private static Task CheckRolesAsync(Examination examination, JsonObject definition)
    {
        var execution = (string?)definition["executionRoleArn"];
        var task = (string?)definition["taskRoleArn"];
        if (execution is null && Items(definition["containerDefinitions"]).Any(NeedsExecutionRole))
        {
            return examination.FailAsync(
                "roles",
                "it has no execution role, without which Fargate neither reads secrets nor writes logs",
                "Register a revision with executionRoleArn: module/container/iam/execution-policy.json.");
        }

        var roles = new[] { execution, task }.OfType<string>().Distinct().ToList();
        return examination.PassAsync(
            "roles", roles.Count == 0 ? "none, so that none has to be passed" : string.Join(" and ", roles));
    }

    private static bool NeedsExecutionRole(JsonObject container) =>
        Items(container["secrets"]).Any() || (string?)container["logConfiguration"]?["logDriver"] == "awslogs";

    private static Task CheckPortAsync(Examination examination, JsonObject definition, JsonObject container)
    {
        const string Check = "port mapping";
        var port = examination.Request.Port;
        var portText = port.ToString(CultureInfo.InvariantCulture);
        // A session sets _SSH_PORT only for a port other than sshd's default.
        if (port == ContainerContract.DefaultPort && Value(container, PortVariable) is { } set && set != portText)
        {
            return examination.FailAsync(
                Check, $"the container listens on {set} ({PortVariable}), not on {portText}", $"Give -Port {set}.");
        }

        var others = Items(definition["containerDefinitions"]).Where(each => each != container && Maps(each, port));
        return others.FirstOrDefault() is { } other
            ? examination.FailAsync(
                Check, $"port {portText} is that of container '{other["name"]}'", "Choose another one with -Port.")
            : Maps(container, port)
                ? examination.PassAsync(Check, portText)
                : examination.WarnAsync(
                    Check,
                    $"the container has none for port {portText}; Fargate lets it through all the same",
                    "Register a revision with that port, so that no other container uses it.");
    }

    private static bool Maps(JsonObject container, int port) =>
        Items(container["portMappings"]).Any(mapping => (int?)mapping["containerPort"] == port);

    private static Task CheckLogAsync(Examination examination, JsonObject container)
    {
        const string Check = "log driver";
        const string Fix = "Register a revision with awslogs and an awslogs-stream-prefix.";
        var log = container["logConfiguration"];
        var driver = (string?)log?["logDriver"];
        return driver == "awslogs" && log!["options"]?["awslogs-stream-prefix"] is not null
            ? examination.PassAsync(Check, $"awslogs, {log["options"]!["awslogs-group"]}")
            : examination.WarnAsync(
                Check, $"{driver ?? "none"}: sessions cannot read there which host key is theirs, and trust the first", Fix);
    }

    private static Task CheckStopTimeoutAsync(Examination examination, JsonObject container)
    {
        const string Check = "stop timeout";
        var seconds = (int?)container["stopTimeout"] ?? DefaultStopTimeout;
        return seconds >= ShortestStopTimeout
            ? examination.PassAsync(Check, $"{seconds} s")
            : examination.WarnAsync(
                Check, $"{seconds} s is too short to hang up logins", $"Register a revision with {DefaultStopTimeout} s.");
    }

    private static Task CheckKeyAsync(Examination examination, JsonObject container)
    {
        var fix = $"Register a revision without {AuthorizedKey}: each session brings its own key.";
        return Items(container["secrets"]).Any(secret => (string?)secret["name"] == AuthorizedKey)
            ? examination.FailAsync(AuthorizedKey, "it is one of the container's secrets, which ECS lets no session replace", fix)
            : Value(container, AuthorizedKey) is not null
                ? examination.WarnAsync(AuthorizedKey, "it is set: whoever has that key gets into tasks that others start", fix)
                : examination.PassAsync(AuthorizedKey, "not set already");
    }

    private static string? Value(JsonObject container, string variable) => Items(container["environment"])
        .Where(each => (string?)each["name"] == variable)
        .Select(each => (string?)each["value"] ?? "")
        .LastOrDefault();

    private static IEnumerable<JsonObject> Items(JsonNode? list) => (list as JsonArray ?? []).OfType<JsonObject>();
}
