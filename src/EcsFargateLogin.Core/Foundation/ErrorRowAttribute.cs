using System.Reflection;

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
