using System.Management.Automation;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Pipeline;

/// <summary>Turns errors into error records, by the table of errors (FargateError).</summary>
internal static class ErrorRecords
{
    /// <summary>
    /// PowerShell 7.5 and later print the recommended action below an error. For earlier versions the message contains it.
    /// </summary>
    private static readonly bool _printsRecommendations = typeof(PSObject).Assembly.GetName().Version >= new Version(7, 5);

    /// <summary>Makes the error record of an error.</summary>
    /// <param name="exception">The error.</param>
    /// <param name="input">The user's value that the command was processing; null for none.</param>
    public static ErrorRecord ToErrorRecord(this FargateException exception, object? input = null)
    {
        ErrorRecord record = new(exception, exception.Error.ToString(), CategoryOf(exception), TargetOf(exception, input))
        {
            ErrorDetails = new ErrorDetails(_printsRecommendations ? exception.Summary : exception.Message)
            {
                RecommendedAction = exception.NextStep,
            },
        };
        // This is only the text that PowerShell displays: the object is not changed.
        record.CategoryInfo.TargetName = TerminalText.OneLine(record.CategoryInfo.TargetName ?? "");
        return record;
    }

    /// <inheritdoc cref="ErrorRowAttribute.IsWarning"/>
    public static bool IsWarning(this FargateException exception) => exception.Row.IsWarning;

    /// <summary>
    /// Makes the error record of a line that a remote command wrote to standard error. Its type name selects the view that shows
    /// the line unchanged.
    /// </summary>
    public static ErrorRecord OfErrorLine(string line, FargateSession session)
    {
        ErrorRecord record = new(new RemoteException(line), "RemoteStandardError", ErrorCategory.NotSpecified, session);
        PSObject.AsPSObject(record).TypeNames.Insert(0, "EcsFargateLogin.RemoteStandardError");
        return record;
    }

    /// <inheritdoc cref="ErrorRowAttribute.EndsCommand"/>
    public static bool EndsTheCommand(this FargateException exception) => exception.Row.EndsCommand;

    /// <summary>
    /// The user's value that an error is about: the one that the error names, or the one that the command was processing.
    /// </summary>
    private static object? TargetOf(FargateException exception, object? input) => exception.Row.NamesValue
        ? exception.Target ?? input
        : input ?? exception.Target;

    private static ErrorCategory CategoryOf(FargateException exception) =>
        Enum.Parse<ErrorCategory>(exception.Row.Kind.ToString());
}
