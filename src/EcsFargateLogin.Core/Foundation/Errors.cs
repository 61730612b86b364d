using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace EcsFargateLogin.Foundation;

/// <summary>A row of the table of errors, which <see cref="FargateError"/> is.</summary>
/// <param name="kind">The kind of error.</param>
[AttributeUsage(AttributeTargets.Field)]
internal sealed class ErrorRowAttribute(ErrorKind kind) : Attribute
{
    /// <summary>The kind of error.</summary>
    public ErrorKind Kind { get; } = kind;

    /// <summary>Whether no further record of the same command can succeed after it.</summary>
    public bool EndsCommand { get; init; }

    /// <summary>Whether what was asked for was done all the same: that is told as a warning.</summary>
    public bool IsWarning { get; init; }

    /// <summary>Whether it is about the value that it names, rather than about the command's input.</summary>
    public bool NamesValue { get; init; }

    /// <summary>The row of an error.</summary>
    public static ErrorRowAttribute Of(FargateError error) =>
        typeof(FargateError).GetField(error.ToString())!.GetCustomAttribute<ErrorRowAttribute>()!;
}

/// <summary>Kinds of errors. Each has the name of the error category of PowerShell that its records get.</summary>
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

/// <summary>Errors of no topic of their own.</summary>
internal static class GeneralErrors
{
    internal static FargateException ModuleIncomplete(string file) => new(
        FargateError.ModuleIncomplete,
        $"The module's file '{file}' is missing or damaged.",
        "Install the module again, or in a checkout of its sources run ./build.ps1.")
    {
        Target = file,
    };

    /// <summary>An error after which something could not be taken back either: both have to be said.</summary>
    internal static FargateException Combine(FargateException error, FargateException left) => new(
        error.Error, error.Message, left.Message, error)
    { MayLeaveTask = true, Target = error.Target };

    internal static FargateException Unexpected(Exception cause) => new(
        FargateError.Unexpected,
        $"Something unforeseen happened: {cause.GetType().Name}: {cause.Message}",
        "Please report it with the output of the same command and -Verbose -Debug.",
        cause);
}

/// <summary>Words that errors of several topics share.</summary>
internal static partial class ErrorText
{
    /// <summary>
    /// What went wrong with a file, without a full stop. .NET's messages name the path once more, and in some cases only a part of it.
    /// </summary>
    internal static string WordsOf(Exception cause) => cause switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file or folder",
        UnauthorizedAccessException => "access is denied",
        _ => PathInWords().Replace(cause.Message, "").TrimEnd('.'),
    };

    [GeneratedRegex(@" : '[^']*'$|(?<=^The (file|process cannot access the file)) '[^']*'")]
    private static partial Regex PathInWords();

    internal static string Seconds(TimeSpan span) =>
        string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s");
}

/// <summary>Where the module's help can be read on the web.</summary>
internal static class HelpPages
{
    /// <summary>The folder that holds one page a cmdlet, and the about topics.</summary>
    internal const string Folder = "https://github.com/EcsFargateLogin/EcsFargateLogin/blob/main/module/help/";

    /// <summary>The heading about an error. GitHub writes its anchors in lower case.</summary>
    internal static string Of(FargateError error) =>
        $"{Folder}about_EcsFargateLogin_Troubleshooting.md#{error.ToString().ToLowerInvariant()}";
}
