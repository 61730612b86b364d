namespace EcsFargateLogin;

/// <summary>A task definition that was registered for sessions. New-FargateSession takes it from the pipeline.</summary>
public sealed class FargateLoginTaskDefinition
{
    internal FargateLoginTaskDefinition(string arn) => Arn = arn;

    /// <summary>Its ARN.</summary>
    public string Arn { get; }

    /// <summary>Its family and revision, with a colon between them.</summary>
    public string TaskDefinition => Arn[(Arn.LastIndexOf('/') + 1)..];

    /// <summary>The container that runs the SSH server.</summary>
    public string ContainerName { get; internal init; } = "";

    /// <summary>That container's image.</summary>
    public string Image { get; internal init; } = "";

    /// <summary>The port of the SSH server.</summary>
    public int Port { get; internal init; }

    /// <summary>Its family and revision.</summary>
    public override string ToString() => TaskDefinition;
}
