using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace EcsFargateLogin.Foundation;

/// <summary>A row of the table of errors, attached to a member of <see cref="FargateError"/>.</summary>
/// <param name="kind">The kind of error.</param>
[AttributeUsage(AttributeTargets.Field)]
internal sealed class ErrorRowAttribute(ErrorKind kind) : Attribute
{
    /// <summary>The kind of error.</summary>
    public ErrorKind Kind { get; } = kind;

    /// <summary>Whether the command ends because no further record can succeed.</summary>
    public bool EndsCommand { get; init; }

    /// <summary>Whether the requested action succeeded anyway; such an error is written as a warning.</summary>
    public bool IsWarning { get; init; }

    /// <summary>Whether the error's target is the value it names, not the command's input.</summary>
    public bool NamesValue { get; init; }

    /// <summary>The row of an error.</summary>
    public static ErrorRowAttribute Of(FargateError error) =>
        typeof(FargateError).GetField(error.ToString())!.GetCustomAttribute<ErrorRowAttribute>()!;
}

/// <summary>The kinds of errors, named like PowerShell's error categories.</summary>
internal enum ErrorKind
{
    AuthenticationError,
    ConnectionError,
    InvalidArgument,
    InvalidData,
    InvalidOperation,
    InvalidResult,
    LimitsExceeded,
    NotInstalled,
    NotSpecified,
    ObjectNotFound,
    OpenError,
    OperationStopped,
    OperationTimeout,
    PermissionDenied,
    QuotaExceeded,
    ResourceExists,
    ResourceUnavailable,
    SecurityError,
    WriteError,
}

/// <summary>Errors that belong to no other topic.</summary>
internal static class GeneralErrors
{
    internal static FargateException ModuleIncomplete(string file) => new(
        FargateError.ModuleIncomplete,
        $"The module's file '{file}' is missing or damaged.",
        "Install the module again, or in a checkout of its sources run ./build.ps1.")
    {
        Target = file,
    };

    /// <summary>Combines an error with the error of the clean-up after it, because both must be reported.</summary>
    internal static FargateException Combine(FargateException error, FargateException left) => new(
        error.Error, error.Message, left.Message, error)
    { MayLeaveTask = true, Target = error.Target };

    internal static FargateException Unexpected(Exception cause) => new(
        FargateError.Unexpected,
        $"Something unforeseen happened: {cause.GetType().Name}: {cause.Message}",
        "Please report it with the output of the same command and -Verbose -Debug.",
        cause);
}

/// <summary>Text that errors of several topics share.</summary>
internal static partial class ErrorText
{
    /// <summary>
    /// The reason of a failed file operation or program start, without a full stop. The path is removed, because .NET's messages
    /// repeat it, in some cases partially.
    /// </summary>
    internal static string ReasonOf(Exception cause) => cause switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file or folder",
        UnauthorizedAccessException => "access is denied",
        Win32Exception { NativeErrorCode: var code } => new Win32Exception(code).Message.TrimEnd('.'),
        _ => PathInWords().Replace(cause.Message, "").TrimEnd('.'),
    };

    [GeneratedRegex(@" : '[^']*'$|(?<=^The (file|process cannot access the file)) '[^']*'")]
    private static partial Regex PathInWords();

    internal static string Seconds(TimeSpan span) =>
        string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s");
}

/// <summary>The addresses of the module's help on the web.</summary>
internal static class HelpPages
{
    /// <summary>The folder with one page per cmdlet, and the about topics.</summary>
    internal const string Folder = "https://github.com/EcsFargateLogin/EcsFargateLogin/blob/main/module/help/";

    /// <summary>The heading about an error. GitHub writes anchors in lower case.</summary>
    internal static string Of(FargateError error) =>
        $"{Folder}about_EcsFargateLogin_Troubleshooting.md#{error.ToString().ToLowerInvariant()}";
}
