using System.Globalization;
using System.Text.Json.Nodes;

namespace EcsFargateLogin.Setup;

/// <summary>
/// Makes the task definition of sessions: the template that the module ships, what an application's own has where one was
/// named, and what the user asked for, each going before the one before it.
/// </summary>
/// <param name="request">What the user asked for.</param>
/// <param name="region">The region that it is registered in.</param>
internal sealed class LoginDefinition(LoginDefinitionRequest request, string region)
{
    private const string PortVariable = "_SSH_PORT";

    private readonly JsonObject _definition = JsonNode.Parse(ContainerFolder.Read(ContainerFolder.TaskDefinition))!.AsObject();

    /// <summary>What could not be kept of the application's confinement, and what sessions have to be started with.</summary>
    public IReadOnlyList<string> Notes { get; private set; } = [];

    private JsonObject Container => _definition["containerDefinitions"]![0]!.AsObject();

    private string LogGroup => request.LogGroup ?? $"/ecs/{request.Family}";

    /// <summary>The task definition, as RegisterTaskDefinition takes it.</summary>
    /// <param name="application">The application's own and its container; null where there is none.</param>
    public JsonObject Create(ApplicationDefinition? application)
    {
        // What stands in the template for these are placeholders.
        _definition.Remove("executionRoleArn");
        _definition.Remove("taskRoleArn");
        var options = Container["logConfiguration"]!["options"]!.AsObject();
        options["awslogs-group"] = LogGroup;
        options["awslogs-region"] = region;
        Container["portMappings"]![0]!["containerPort"] = request.Port;
        Notes = application?.CarryOverTo(_definition, Container, request) ?? [];
        Apply();
        return _definition;
    }

    private void Apply()
    {
        _definition["family"] = request.Family;
        Container["image"] = request.Image.Text;
        Set("executionRoleArn", request.ExecutionRoleArn);
        Set("taskRoleArn", request.TaskRoleArn);
        Set("cpu", request.Cpu?.ToString(CultureInfo.InvariantCulture));
        Set("memory", request.Memory?.ToString(CultureInfo.InvariantCulture));
        if (request.CpuArchitecture is { } architecture)
        {
            _definition["runtimePlatform"]!["cpuArchitecture"] = architecture;
        }

        if (request.LogGroup is not null)
        {
            ApplyLogGroup();
        }

        if (request.Port != 22)
        {
            Container["environment"]!.AsArray().Add(new JsonObject
            {
                ["name"] = PortVariable,
                ["value"] = request.Port.ToString(CultureInfo.InvariantCulture),
            });
        }
    }

    private void Set(string member, string? value)
    {
        if (value is not null)
        {
            _definition[member] = value;
        }
    }

    /// <summary>A group that was named is CloudWatch's, wherever the application logs to.</summary>
    private void ApplyLogGroup()
    {
        var kept = Container["logConfiguration"]?["options"];
        var isOfCloudWatch = (string?)Container["logConfiguration"]?["logDriver"] == "awslogs";
        Container["logConfiguration"] = new JsonObject
        {
            ["logDriver"] = "awslogs",
            ["options"] = new JsonObject
            {
                ["awslogs-group"] = LogGroup,
                ["awslogs-region"] = (isOfCloudWatch ? (string?)kept?["awslogs-region"] : null) ?? region,
                ["awslogs-stream-prefix"] = (isOfCloudWatch ? (string?)kept?["awslogs-stream-prefix"] : null) ?? "fargate-login",
            },
        };
    }
}

/// <summary>What a user asks of a task definition for sessions. What is null is the template's, or the application's.</summary>
internal sealed record LoginDefinitionRequest
{
    public required ImageReference Image { get; init; }

    public required string Family { get; init; }

    public string? ExecutionRoleArn { get; init; }

    public string? TaskRoleArn { get; init; }

    /// <summary>CPU units, 1024 of which are one vCPU.</summary>
    public int? Cpu { get; init; }

    /// <summary>MiB.</summary>
    public int? Memory { get; init; }

    public string? LogGroup { get; init; }

    /// <summary>X86_64 or ARM64.</summary>
    public string? CpuArchitecture { get; init; }

    public int Port { get; init; } = 22;

    /// <summary>The application's task definition whose environment, secrets, roles and logs are kept; null for none.</summary>
    public string? FromTaskDefinition { get; init; }

    /// <summary>Its container that runs the application; null finds it.</summary>
    public string? FromContainer { get; init; }
}
