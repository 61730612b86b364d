namespace EcsFargateLogin.Pipeline;

/// <summary>Says of a cmdlet that it takes parameters of another one while it runs, so that its help can describe them.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ParametersOfAttribute(Type cmdlet) : Attribute
{
    public Type Cmdlet { get; } = cmdlet;

    /// <summary>Those that it does not take.</summary>
    public string[] Except { get; init; } = [];
}
