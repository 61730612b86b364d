namespace EcsFargateLogin.Lifecycle.Starting;

/// <summary>Tells which versions of Fargate's platform have ECS Exec.</summary>
internal static class EcsExecPlatform
{
    private static readonly Version First = new(1, 4, 0);

    /// <summary>Whether one has it.</summary>
    /// <param name="version">Such as 1.4.0, or LATEST; null for the latest.</param>
    public static bool Has(string? version) => !Version.TryParse(version, out var number) || number >= First;
}
