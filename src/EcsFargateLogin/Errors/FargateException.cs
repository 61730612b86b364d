namespace EcsFargateLogin;

/// <summary>
/// Every error of this module. The message says what happened, to what, and what to do next; the rest is for scripts.
/// </summary>
public sealed class FargateException : Exception
{
    /// <summary>Makes an error. Only <see cref="FargateErrors"/> does.</summary>
    internal FargateException(FargateError error, string message, string nextStep, Exception? innerException = null)
        : base($"{message} {nextStep}", innerException)
    {
        Error = error;
        NextStep = nextStep;
    }

    /// <summary>What went wrong.</summary>
    public FargateError Error { get; }

    /// <summary>What to do about it; also the message's end.</summary>
    public string NextStep { get; }

    /// <summary>The name, id or ARN that it happened to, or null.</summary>
    public string? Target { get; init; }

    /// <summary>AWS's code for the error, or null when AWS did not answer.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>AWS's id of the request, or null.</summary>
    public string? RequestId { get; init; }

    /// <summary>The HTTP status of AWS's answer, or null.</summary>
    public int? StatusCode { get; init; }
}
