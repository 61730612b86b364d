namespace EcsFargateLogin.Setup;

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
