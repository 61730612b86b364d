using System.Globalization;
using System.Text.Json.Nodes;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Setup;

/// <summary>
/// Creates the task definition for sessions from the module's template, an application's task definition if one was named, and
/// the user's request. Each takes precedence over the previous one.
/// </summary>
/// <param name="request">The user's request.</param>
/// <param name="region">The region to register it in.</param>
internal sealed class LoginDefinition(LoginDefinitionRequest request, string region)
{

    private readonly JsonObject _definition = JsonNode.Parse(ContainerFolder.Read(ContainerFolder.TaskDefinition))!.AsObject();

    /// <summary>The parts of the application's confinement that are not kept, and the options that sessions need.</summary>
    public IReadOnlyList<string> Notes { get; private set; } = [];

    private JsonObject Container => _definition["containerDefinitions"]![0]!.AsObject();

    private string LogGroup => request.LogGroup ?? $"/ecs/{request.Family}";

    /// <summary>Creates the task definition, as RegisterTaskDefinition accepts it.</summary>
    /// <param name="application">The application's task definition; null for none.</param>
    public JsonObject Create(ApplicationDefinition? application)
    {
        // The template has placeholders for these.
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
                ["name"] = ContainerVariables.Port,
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

    /// <summary>Sends the log to the named group of CloudWatch Logs, whatever the application uses.</summary>
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

/// <summary>The user's request for a task definition. Null takes the application's value, or the template's.</summary>
internal sealed record LoginDefinitionRequest
{
    public required ImageReference Image { get; init; }

    public required string Family { get; init; }

    public string? ExecutionRoleArn { get; init; }

    public string? TaskRoleArn { get; init; }

    /// <summary>CPU units, 1024 of which are one vCPU.</summary>
    public int? Cpu { get; init; }

    /// <summary>The memory in MiB.</summary>
    public int? Memory { get; init; }

    public string? LogGroup { get; init; }

    /// <summary>X86_64 or ARM64.</summary>
    public string? CpuArchitecture { get; init; }

    public int Port { get; init; } = 22;

    /// <summary>The application's task definition, which gives environment, secrets, roles and logs; null for none.</summary>
    public string? FromTaskDefinition { get; init; }

    /// <summary>Its container that runs the application; null if it has only one.</summary>
    public string? FromContainer { get; init; }
}
