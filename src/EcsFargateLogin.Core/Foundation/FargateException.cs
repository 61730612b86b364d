using EcsFargateLogin.Foundation;

namespace EcsFargateLogin;

/// <summary>
/// Every error of this module. The message says what happened, to what, and what to do next; the rest is for scripts.
/// What AWS, servers and other programs have said in it holds nothing that a terminal would obey.
/// </summary>
public sealed class FargateException : Exception
{
    /// <summary>Makes an error. Only the classes of errors do, one beside each topic.</summary>
    internal FargateException(FargateError error, string message, string nextStep, Exception? innerException = null)
        : base($"{TerminalText.OneLine(message)} {TerminalText.OneLine(nextStep)}", CleanOrNone(innerException))
    {
        Error = error;
        Summary = TerminalText.OneLine(message);
        NextStep = TerminalText.OneLine(nextStep);
        HelpLink = HelpPages.Of(error);
        if (innerException is FargateException cause)
        {
            // What AWS said about the cause, it said about this.
            (ErrorCode, RequestId, StatusCode) = (cause.ErrorCode, cause.RequestId, cause.StatusCode);
        }
    }

    /// <summary>What went wrong.</summary>
    public FargateError Error { get; }

    /// <summary>Its row in the table of errors.</summary>
    internal ErrorRowAttribute Row => ErrorRowAttribute.Of(Error);

    /// <summary>What happened, and to what: the message without what to do about it.</summary>
    internal string Summary { get; }

    /// <summary>What to do about it; also the message's end.</summary>
    public string NextStep { get; }

    /// <summary>The name, id or ARN that it happened to, or null.</summary>
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

    /// <summary>The HTTP status of AWS's answer, or null.</summary>
    public int? StatusCode { get; init; }

    /// <summary>Whether a task may run on, or an address be let in, that should not: this is said even to those who have pressed Ctrl+C.</summary>
    internal bool MayLeaveTask { get; init; }

    private static string? CleanOrNone(string? text) => text is null ? null : TerminalText.Clean(text);

    /// <summary>The cause, for those who look into it; none where its own words would reach a terminal as they are.</summary>
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
