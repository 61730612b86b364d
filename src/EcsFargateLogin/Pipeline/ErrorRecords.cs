using System.Management.Automation;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Pipeline;

/// <summary>Turns errors into error records, as the table of errors (FargateError) says of each.</summary>
internal static class ErrorRecords
{
    /// <summary>
    /// PowerShell 7.5 and later print the recommended action below an error. Before that, and only then, the message has to say it.
    /// </summary>
    private static readonly bool _printsRecommendations = typeof(PSObject).Assembly.GetName().Version >= new Version(7, 5);

    /// <summary>Makes the error record of an error.</summary>
    /// <param name="exception">The error.</param>
    /// <param name="input">What the command was at work on; null for nothing of the user's.</param>
    public static ErrorRecord ToErrorRecord(this FargateException exception, object? input = null)
    {
        ErrorRecord record = new(exception, exception.Error.ToString(), CategoryOf(exception), TargetOf(exception, input))
        {
            ErrorDetails = new ErrorDetails(_printsRecommendations ? exception.Summary : exception.Message)
            {
                RecommendedAction = exception.NextStep,
            },
        };
        // The object stays what it is; this is what is shown of it.
        record.CategoryInfo.TargetName = TerminalText.OneLine(record.CategoryInfo.TargetName ?? "");
        return record;
    }

    /// <inheritdoc cref="ErrorRowAttribute.IsWarning"/>
    public static bool IsWarning(this FargateException exception) => exception.Row.IsWarning;

    /// <summary>
    /// Makes the error record of a line that a remote command wrote to standard error: that is no error of ours. The name of its
    /// type is for the view, which shows the line as it is.
    /// </summary>
    public static ErrorRecord OfErrorLine(string line, FargateSession session)
    {
        ErrorRecord record = new(new RemoteException(line), "RemoteStandardError", ErrorCategory.NotSpecified, session);
        PSObject.AsPSObject(record).TypeNames.Insert(0, "EcsFargateLogin.RemoteStandardError");
        return record;
    }

    /// <inheritdoc cref="ErrorRowAttribute.EndsCommand"/>
    public static bool EndsTheCommand(this FargateException exception) => exception.Row.EndsCommand;

    /// <summary>The user's own value that an error is about: the one that it names, or what the command was at work on.</summary>
    private static object? TargetOf(FargateException exception, object? input) => exception.Row.NamesValue
        ? exception.Target ?? input
        : input ?? exception.Target;

    private static ErrorCategory CategoryOf(FargateException exception) => Enum.Parse<ErrorCategory>(exception.Row.Kind.ToString());
}
