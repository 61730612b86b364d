using System.Text;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Ssh;

/// <summary>What is wrong with a file that is no private key to ssh, which says "error in libcrypto" to most of it.</summary>
/// <param name="Why">What it is, as the end of a sentence that begins with 'it'.</param>
/// <param name="NextStep">What to do about it.</param>
internal sealed record KeyFileProblem(string Why, string NextStep)
{
    private const string NameTheKey = "Name the private key's file with -KeyPath.";

    /// <summary>Finds it; null where the file looks like a key.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="content">What it holds.</param>
    public static KeyFileProblem? Find(string path, byte[] content)
    {
        var text = Encoding.Latin1.GetString(content);
        return FindByEncoding(path, text) ?? FindByKind(path, text.TrimStart()) ?? FindByLines(path, text);
    }

    private static KeyFileProblem? FindByEncoding(string path, string text) => text switch
    {
        { Length: 0 } => new("is empty", NameTheKey),
        _ when text.StartsWith("\u00FF\u00FE", StringComparison.Ordinal) || text.Contains('\0', StringComparison.Ordinal)
            && text.Contains("P\0R\0I\0V\0A\0T\0E", StringComparison.Ordinal) =>
            new("is saved as UTF-16, as Windows PowerShell's > does", Rewrite(path)),
        _ when text.StartsWith("\u00EF\u00BB\u00BF", StringComparison.Ordinal) =>
            new("begins with a byte order mark (UTF-8 with BOM)", Rewrite(path)),
        _ => null,
    };

    private static KeyFileProblem? FindByKind(string path, string text) => text.Split('\n')[0].TrimEnd() switch
    {
        var line when line.StartsWith("PuTTY-User-Key-File-", StringComparison.Ordinal) => new(
            "is a key of PuTTY (.ppk), which OpenSSH does not read",
            $"Export it for OpenSSH: {CommandText.Of("puttygen", [path, "-O", "private-openssh", "-o", $"{path}.openssh"])}, or "
            + "PuTTYgen's menu Conversions."),
        var line when line.Contains("BEGIN SSH2 ENCRYPTED PRIVATE KEY", StringComparison.Ordinal) => new(
            "is a private key of ssh.com's format, which OpenSSH does not use", $"Convert it with ssh-keygen -i. {NameTheKey}"),
        var line when line.Contains("PUBLIC KEY-----", StringComparison.Ordinal)
            || line.Contains("BEGIN SSH2 PUBLIC KEY", StringComparison.Ordinal) => new("holds a public key alone", NameTheKey),
        var line when line.Contains("BEGIN CERTIFICATE", StringComparison.Ordinal)
            || line.Split(' ')[0].Contains("-cert-v01@", StringComparison.Ordinal) => new("holds a certificate, not a key", NameTheKey),
        var line when line.Contains("BEGIN DSA PRIVATE KEY", StringComparison.Ordinal) || line.StartsWith("ssh-dss ", StringComparison.Ordinal) =>
            new("is a DSA key, which OpenSSH does not use any more", "Make another one with: ssh-keygen -t ed25519"),
        _ => null,
    };

    private static KeyFileProblem? FindByLines(string path, string text)
    {
        var begin = text.IndexOf("-----BEGIN ", StringComparison.Ordinal);
        if (begin < 0 || !text.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            return null;
        }

        var lines = text.TrimEnd().Split('\n');
        return text switch
        {
            _ when text.Contains("\\n", StringComparison.Ordinal) => new(
                "has the two characters \\n in place of line ends, as keys have that were taken from JSON or a variable",
                $"Write it with real line ends: [IO.File]::WriteAllText({CommandText.Text(path)}, "
                + $"(Get-Content -Raw {CommandText.Text(path)}).Trim().Replace('\\n', \"`n\") + \"`n\")"),
            _ when lines.Length == 1 => new("is one line: its line ends are lost", $"Copy it anew. {NameTheKey}"),
            _ when !text.Contains("-----END ", StringComparison.Ordinal) =>
                new("is cut off: the line -----END … PRIVATE KEY----- is missing", $"Copy it anew. {NameTheKey}"),
            _ when text.Contains("\r\n", StringComparison.Ordinal) => new("has Windows line ends (CRLF)", Rewrite(path)),
            _ when begin > 0 || lines.Any(line => line.StartsWith(' ') || line.StartsWith('\t')) =>
                new("has something before its lines, such as blanks", Rewrite(path)),
            _ when !text.EndsWith('\n') => new("lacks the line end after its last line", Rewrite(path)),
            _ => null,
        };
    }

    /// <summary>Text of any encoding, with a line end of Unix after each line, and nothing before one.</summary>
    private static string Rewrite(string path)
    {
        var file = CommandText.Text(path);
        return $"Write it anew: [IO.File]::WriteAllText({file}, ((Get-Content {file}).Trim() -join \"`n\") + \"`n\")";
    }
}
