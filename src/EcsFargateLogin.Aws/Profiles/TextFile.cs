using System.Text;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Aws.Profiles;

/// <summary>The text of a configured file, which may be missing, no regular file, or of any length and encoding.</summary>
/// <param name="Text">The text; empty if nothing was read.</param>
/// <param name="Absence">The reason why nothing was read, as the end of a sentence; null if the file was read.</param>
internal sealed record TextFile(string Text, string? Absence)
{
    /// <summary>The reason for a file that does not exist.</summary>
    internal const string NotThere = "does not exist";

    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="path">The file.</param>
    /// <param name="longest">Upper bound for its size, in bytes.</param>
    internal static TextFile Read(string path, int longest)
    {
        try
        {
            var absence = Directory.Exists(path) ? "is a folder"
                : UnixFileStatus.IsFile(path) ? null
                : File.Exists(path) ? "is a pipe or a device"
                : NotThere;
            return absence is null ? ReadFile(path, longest) : new("", absence);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new("", "cannot be read");
        }
    }

    private static TextFile ReadFile(string path, int longest)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using MemoryStream content = new();
        var buffer = new byte[64 * 1024];
        for (int count; (count = stream.Read(buffer)) > 0; content.Write(buffer, 0, count))
        {
            if (content.Length + count > longest)
            {
                return new("", $"is longer than {longest / 1024} KB");
            }
        }

        return new(Decode(content), Absence: null);
    }

    /// <summary>Decodes by the byte order mark, or else as UTF-8, or else as Latin-1.</summary>
    private static string Decode(MemoryStream content)
    {
        try
        {
            return Decode(content, s_strictUtf8);
        }
        catch (DecoderFallbackException)
        {
            return Decode(content, Encoding.Latin1);
        }
    }

    private static string Decode(MemoryStream content, Encoding encoding)
    {
        content.Position = 0;
        using StreamReader reader = new(
            content, encoding, detectEncodingFromByteOrderMarks: true, bufferSize: -1, leaveOpen: true);
        return reader.ReadToEnd();
    }
}
