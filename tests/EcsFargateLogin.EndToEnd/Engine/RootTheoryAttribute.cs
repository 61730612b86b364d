namespace EcsFargateLogin.EndToEnd.Engine;

/// <summary>A theory that takes root.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Skip = "It takes root.";
        }
    }
}
