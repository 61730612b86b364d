using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;

namespace EcsFargateLogin.Foundation;

/// <summary>Words that errors of several topics share.</summary>
internal static partial class ErrorText
{
    /// <summary>
    /// What went wrong with a file or the start of a program, without a full stop. .NET's messages name the path once more, and in
    /// some cases only a part of it.
    /// </summary>
    internal static string WordsOf(Exception cause) => cause switch
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
