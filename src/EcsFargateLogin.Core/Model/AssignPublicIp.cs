namespace EcsFargateLogin;

/// <summary>Whether a task's network interface gets a public address, in the words of ECS.</summary>
public enum AssignPublicIp
{
    /// <summary>It gets one, which needs a subnet with a route to an internet gateway.</summary>
    Enabled,

    /// <summary>It is reached at its private address alone.</summary>
    Disabled,
}
