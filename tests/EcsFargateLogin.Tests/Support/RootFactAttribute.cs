namespace EcsFargateLogin.Tests.Support;

/// <summary>A test that gives files to other users, as only root can.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    /// <summary>The reason why the test cannot be run here; null where it can.</summary>
    internal static string? WhyNot { get; } =
        OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess ? "Only root can give files to other users." : null;

    public RootFactAttribute() => Skip = WhyNot;
}

/// <inheritdoc cref="RootFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute() => Skip = RootFactAttribute.WhyNot;
}
