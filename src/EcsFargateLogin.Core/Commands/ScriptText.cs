using System.Text;

namespace EcsFargateLogin.Commands;

/// <summary>
/// Commands and scripts as a shell in Linux reads them. Editors and git on Windows add byte order marks and carriage returns,
/// which a shell takes for a part of its words.
/// </summary>
internal static class ScriptText
{
    private const string DefaultInterpreter = "sh";

    /// <summary>The text without a byte order mark, and with LF for each CR and LF.</summary>
    public static string Clean(string text) => text.TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal);

    /// <summary>The same for a file's bytes; those of UTF-16, which its mark tells, become UTF-8.</summary>
    public static byte[] Clean(byte[] bytes) => bytes switch
    {
        [0xFF, 0xFE, ..] => Encoding.UTF8.GetBytes(Clean(Encoding.Unicode.GetString(bytes))),
        [0xFE, 0xFF, ..] => Encoding.UTF8.GetBytes(Clean(Encoding.BigEndianUnicode.GetString(bytes))),
        [0xEF, 0xBB, 0xBF, .. var rest] => WithLineFeeds(rest),
        _ => WithLineFeeds(bytes),
    };

    /// <summary>
    /// The program that the first line of a script names, and its option. As in Linux, the option is all that follows the
    /// program, as one word.
    /// </summary>
    public static IReadOnlyList<string> InterpreterOf(byte[] script)
    {
        var end = Array.IndexOf(script, (byte)'\n');
        var firstLine = Encoding.UTF8.GetString(script, 0, end < 0 ? script.Length : end);
        if (!firstLine.StartsWith("#!", StringComparison.Ordinal))
        {
            return [DefaultInterpreter];
        }

        char[] blanks = [' ', '\t'];
        var words = firstLine[2..].Trim(blanks).Split(blanks, count: 2);
        return words switch
        {
            [""] => [DefaultInterpreter],
            [var program, var option] => [program, option.TrimStart(blanks)],
            _ => words,
        };
    }

    private static byte[] WithLineFeeds(byte[] bytes)
    {
        var kept = 0;
        var result = new byte[bytes.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != '\r' || i + 1 == bytes.Length || bytes[i + 1] != '\n')
            {
                result[kept++] = bytes[i];
            }
        }

        return result[..kept];
    }
}
