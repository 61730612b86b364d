namespace EcsFargateLogin.Tests.Support;

/// <summary>A theory about files of other users, which only root can make. It is skipped for others.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Skip = "It takes root to give files away.";
        }
    }
}
