namespace EcsFargateLogin.Aws.Errors;

/// <summary>What was asked of AWS, for the words of an error about it.</summary>
/// <param name="Operation">The operation as IAM names it, such as ecs:RunTask.</param>
/// <param name="Endpoint">Where the request went.</param>
/// <param name="CredentialSource">Where the credentials came from, for people.</param>
internal sealed record ServiceCall(string Operation, Uri Endpoint, string CredentialSource)
{
    internal string? Cluster { get; init; }

    internal string? TaskDefinition { get; init; }

    internal string? Task { get; init; }

    internal string? ContainerName { get; init; }

    internal IReadOnlyCollection<string> Subnets { get; init; } = [];

    internal IReadOnlyCollection<string> SecurityGroups { get; init; } = [];

    internal IReadOnlyCollection<string> NetworkInterfaces { get; init; } = [];
}
