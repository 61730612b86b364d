using EcsFargateLogin.Foundation;

namespace EcsFargateLogin;

/// <summary>
/// The type of every error of this module. The message says what happened, to what, and what to do next; the properties are for
/// scripts. Text from AWS, servers and other programs is cleaned, so that it is safe for a terminal.
/// </summary>
public sealed class FargateException : Exception
{
    /// <summary>Creates an error. Only the …Errors class of each topic does.</summary>
    internal FargateException(FargateError error, string message, string nextStep, Exception? innerException = null)
        : base($"{TerminalText.OneLine(message)} {TerminalText.OneLine(nextStep)}", CleanOrNone(innerException))
    {
        Error = error;
        Summary = TerminalText.OneLine(message);
        NextStep = TerminalText.OneLine(nextStep);
        HelpLink = HelpPages.Of(error);
        if (innerException is FargateException cause)
        {
            // The details of AWS's reply apply to this error as well.
            (ErrorCode, RequestId, StatusCode) = (cause.ErrorCode, cause.RequestId, cause.StatusCode);
        }
    }

    /// <summary>The id of the error.</summary>
    public FargateError Error { get; }

    /// <summary>Its row in the table of errors.</summary>
    internal ErrorRowAttribute Row => ErrorRowAttribute.Of(Error);

    /// <summary>The message without the next step.</summary>
    internal string Summary { get; }

    /// <summary>The next step for the user, which also ends the message.</summary>
    public string NextStep { get; }

    /// <summary>The name, id or ARN that the error is about, or null.</summary>
    public string? Target { get; init; }

    /// <summary>AWS's code for the error, or null when AWS did not answer.</summary>
    public string? ErrorCode
    {
        get;
        init => field = CleanOrNone(value);
    }

    /// <summary>AWS's id of the request, or null.</summary>
    public string? RequestId
    {
        get;
        init => field = CleanOrNone(value);
    }

    /// <summary>The HTTP status of AWS's reply, or null.</summary>
    public int? StatusCode { get; init; }

    /// <summary>
    /// Whether a task may still run, or a rule may still admit an address. Such an error is written even after Ctrl+C.
    /// </summary>
    internal bool MayLeaveTask { get; init; }

    private static string? CleanOrNone(string? text) => text is null ? null : TerminalText.Clean(text);

    /// <summary>The cause as the inner exception; none where its message is unsafe for a terminal.</summary>
    private static Exception? CleanOrNone(Exception? cause)
    {
        for (var at = cause; at is not null; at = at.InnerException)
        {
            if (!TerminalText.IsClean(at.Message))
            {
                return null;
            }
        }

        return cause;
    }
}
