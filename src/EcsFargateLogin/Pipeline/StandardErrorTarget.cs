namespace EcsFargateLogin.Pipeline;

/// <summary>Where the lines go that a command writes to standard error.</summary>
public enum StandardErrorTarget
{
    /// <summary>To the error stream.</summary>
    Error,

    /// <summary>Between the lines of standard output, in the order in which they were written.</summary>
    Output,
}
