using System.Text;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Ssh;

/// <summary>A key of the user, which is only read: never copied, changed or deleted.</summary>
/// <param name="Path">The file of the private key, or of the public half of a key that an agent holds.</param>
/// <param name="PublicKey">Its public half.</param>
/// <param name="IsInAgent">Whether an agent signs with it.</param>
internal sealed record OwnKey(string Path, PublicKey PublicKey, bool IsInAgent);

/// <summary>Reads a key of the user and checks that it can log in without prompting.</summary>
/// <param name="sshKeygen">The path of ssh-keygen.</param>
/// <param name="sshAdd">The path of ssh-add; null where it is not installed.</param>
internal sealed class OwnKeyReader(string sshKeygen, string? sshAdd)
{
    private const UnixFileMode OfOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Upper bound for the size of a key file, in bytes.</summary>
    private const int LongestFile = 64 * 1024;

    private const string HalfExtension = ".pub";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Reads a key.</summary>
    /// <param name="path">A private key, or the public half of one that an agent holds.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidKey"/>.</exception>
    public async Task<OwnKey> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var content = await ReadFileAsync(path, cancellationToken);
        if (PublicKeyIn(content) is { } half)
        {
            return await IsInAgentAsync(half, cancellationToken)
                ? new OwnKey(path, half, IsInAgent: true)
                : throw KeyErrors.PublicKeyWithoutAgent(path);
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OfOthers) != 0)
        {
            throw KeyErrors.KeyOpenToOthers(path);
        }

        var derived = await SshProcess.RunAsync(sshKeygen, ["-y", "-P", "", "-f", path], Limit, cancellationToken);
        if (derived is { ExitCode: 0 } && PublicKey.TryParse(derived.Output) is { } publicKey)
        {
            await CheckHalfAsync(path, publicKey, cancellationToken);
            return new OwnKey(path, publicKey, IsInAgent: false);
        }

        if (derived?.Text.Contains("incorrect passphrase", StringComparison.Ordinal) == true)
        {
            return new OwnKey(path, await ReadLockedAsync(path, cancellationToken), IsInAgent: true);
        }

        throw KeyFileProblem.Find(path, content) is { } problem
            ? KeyErrors.KeyMalformed(path, problem.Why, problem.NextStep)
            : KeyErrors.KeyUnreadable(path, derived?.Text ?? $"ssh-keygen had not ended after {Limit.TotalSeconds:0} s");
    }

    /// <summary>Checks the public half beside a private key. ssh trusts that file and offers it to the server.</summary>
    private static async Task CheckHalfAsync(string path, PublicKey publicKey, CancellationToken cancellationToken)
    {
        var beside = path + HalfExtension;
        if (UnixFileStatus.IsFile(beside)
            && PublicKeyIn(await ReadFileAsync(beside, cancellationToken)) is { } half && half != publicKey)
        {
            throw KeyErrors.KeyBesideAnother(path, beside);
        }
    }

    /// <summary>
    /// Returns the public half of a key with a passphrase. Only an agent can use such a key without prompting each time.
    /// </summary>
    private async Task<PublicKey> ReadLockedAsync(string path, CancellationToken cancellationToken) =>
        UnixFileStatus.IsFile(path + HalfExtension)
            && PublicKeyIn(await ReadFileAsync(path + HalfExtension, cancellationToken)) is { } half
            && await IsInAgentAsync(half, cancellationToken)
                ? half
                : throw KeyErrors.KeyLocked(path);

    /// <summary>Returns the public key in a file, or null where the file holds something else.</summary>
    private static PublicKey? PublicKeyIn(byte[] content) => PublicKey.TryParse(Encoding.UTF8.GetString(content).Trim());

    private static async Task<byte[]> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        if (!UnixFileStatus.IsFile(path))
        {
            throw KeyErrors.KeyUnreadable(
                path, File.Exists(path) || Directory.Exists(path) ? "it is no file" : "there is no such file");
        }

        try
        {
            return new FileInfo(path).Length > LongestFile
                ? throw KeyErrors.KeyUnreadable(path, "it is too large for a key")
                : await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (UnauthorizedAccessException)
        {
            throw KeyErrors.KeyUnreadable(path, "you may not read it");
        }
        catch (IOException e)
        {
            throw KeyErrors.KeyUnreadable(path, ErrorText.ReasonOf(e));
        }
    }

    private async Task<bool> IsInAgentAsync(PublicKey key, CancellationToken cancellationToken)
    {
        if (sshAdd is null)
        {
            return false;
        }

        // Without an agent, or without keys in it, ssh-add fails and prints no key.
        var listing = await SshProcess.RunAsync(sshAdd, ["-L"], Limit, cancellationToken);
        return listing?.Output.Split('\n').Any(line => PublicKey.TryParse(line.Trim()) == key) == true;
    }
}

/// <summary>
/// The defect of a file that ssh does not accept as a private key; ssh itself reports most of them as "error in libcrypto".
/// </summary>
/// <param name="Why">The defect, as the predicate of a sentence about 'it'.</param>
/// <param name="NextStep">The next step.</param>
internal sealed record KeyFileProblem(string Why, string NextStep)
{
    private const string NameTheKey = "Name the private key's file with -KeyPath.";

    /// <summary>Finds the defect; null where the file appears to be a key.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="content">Its content.</param>
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
        var line when line.Contains("BEGIN DSA PRIVATE KEY", StringComparison.Ordinal)
            || line.StartsWith("ssh-dss ", StringComparison.Ordinal) =>
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
                "has the two characters \\n in place of line ends, as keys from JSON or a variable may have",
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

    /// <summary>The command that rewrites a text of any encoding with Unix line ends and without leading blanks.</summary>
    private static string Rewrite(string path)
    {
        var file = CommandText.Text(path);
        return $"Write it anew: [IO.File]::WriteAllText({file}, ((Get-Content {file}).Trim() -join \"`n\") + \"`n\")";
    }
}
