namespace EcsFargateLogin;

/// <summary>
/// Every error of this module. The message says what happened, to what, and what to do next; the rest is for scripts.
/// </summary>
public sealed class FargateException : Exception
{
    /// <summary>Makes an error. Only <see cref="FargateErrors"/> does.</summary>
    internal FargateException(FargateError error, string message, string nextStep, Exception? innerException = null)
        : base($"{OneLine(message)} {OneLine(nextStep)}", innerException)
    {
        Error = error;
        NextStep = OneLine(nextStep);
        HelpLink = HelpPages.Of(error);
        if (innerException is FargateException cause)
        {
            // What AWS said about the cause, it said about this.
            (ErrorCode, RequestId, StatusCode) = (cause.ErrorCode, cause.RequestId, cause.StatusCode);
        }
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

    /// <summary>Whether a task may run on, or an address be let in, that should not: this is said even to those who have pressed Ctrl+C.</summary>
    internal bool MayLeaveTask { get; init; }

    /// <summary>What AWS and programs say may have several lines; a message is a line in a log.</summary>
    private static string OneLine(string text) => string.Join(
        ' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
