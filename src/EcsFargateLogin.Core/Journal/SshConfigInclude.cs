using System.Text;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Journal;

/// <summary>
/// The line in the user's own configuration of ssh that includes the file of this module. It is the first one, because an Include
/// below a Host would hold for that host alone. All other bytes of the file stay as they are.
/// </summary>
/// <param name="path">The user's file, whether or not it exists.</param>
/// <param name="included">The file of this module.</param>
internal sealed class SshConfigInclude(string path, string included)
{
    private const string Remark = "# Added by Export-FargateSshConfig of EcsFargateLogin; Remove-FargateSshConfig removes it.";

    /// <summary>Characters that ssh expands in the path of an Include line, or that end it.</summary>
    private const string Special = "*?[]\"'%$#";

    /// <summary>Upper bound for the size of the user's file in bytes.</summary>
    private const int MaxLength = 4 << 20;

    /// <summary>The line.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.SshConfigUnavailable"/>.</exception>
    public string Line
    {
        get
        {
            var name = OperatingSystem.IsWindows() ? included.Replace('\\', '/') : included;
            return name.Any(character => char.IsControl(character) || Special.Contains(character) || character == '\\')
                ? throw SshConfigErrors.UnfitPath(included)
                : $"Include \"{name}\"";
        }
    }

    /// <summary>Whether the file has the line.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.SshConfigUnavailable"/>.</exception>
    public bool IsPresent => SshConfigErrors.Guard(path, () => LinesOf(ReadText()).Any(IsOurs));

    /// <summary>Adds the line, and creates the file where there is none.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.SshConfigUnavailable"/>.</exception>
    public void Add() => SshConfigErrors.Guard(path, () =>
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder && !Directory.Exists(folder))
        {
            OwnerOnly.CreateFolder(folder);
        }

        Write($"{Remark}\n{AsBytes(Line)}\n{ReadText()}");
    });

    /// <summary>Removes the line, and the remark before it.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.SshConfigUnavailable"/>.</exception>
    public void Remove() => SshConfigErrors.Guard(path, () =>
    {
        Write(string.Concat(LinesOf(ReadText()).Where(line => !IsOurs(line) && line.TrimEnd('\r', '\n') != Remark)));
    });

    private bool IsOurs(string line) => line.Trim() == AsBytes(Line);

    /// <summary>Each byte of the file is a character here, so that every encoding stays as it is.</summary>
    private static string AsBytes(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static IEnumerable<string> LinesOf(string text)
    {
        for (var begin = 0; begin < text.Length;)
        {
            var end = text.IndexOf('\n', begin) + 1;
            end = end == 0 ? text.Length : end;
            yield return text[begin..end];
            begin = end;
        }
    }

    private string ReadText()
    {
        if (!Path.Exists(path))
        {
            return "";
        }

        if (!UnixFileStatus.IsFile(path))
        {
            throw SshConfigErrors.Untrusted(path, "is no file");
        }

        using var stream = SharedFile.Open(path);
        if (OwnerOnly.FaultOf(stream) is { } fault)
        {
            throw SshConfigErrors.Untrusted(path, fault);
        }

        if (stream.Length > MaxLength)
        {
            throw SshConfigErrors.Untrusted(path, "is too large");
        }

        using StreamReader reader = new(stream, Encoding.Latin1, detectEncodingFromByteOrderMarks: false);
        return reader.ReadToEnd();
    }

    private void Write(string text)
    {
        // A link to a file that the user keeps elsewhere is not replaced.
        var target = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
        SharedFile.Replace(target, temporary => Create(temporary, target), stream => stream.Write(Encoding.Latin1.GetBytes(text)));
    }

    private static FileStream Create(string temporary, string target)
    {
        var stream = OwnerOnly.CreateFile(temporary);
        if (!OperatingSystem.IsWindows() && File.Exists(target))
        {
            File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
        }

        return stream;
    }
}
