using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EcsFargateLogin.Transfers;

/// <summary>A file or folder to be copied.</summary>
internal sealed record CopyItem(string Source, string Destination)
{
    private const int LongestNameKept = 60;
    private const uint UsualFolder = 0x1ED;
    private const uint UsualFile = 0x1A4;

    private static readonly char[] Separators = ['/', Path.DirectorySeparatorChar];

    public bool IsFolder { get; init; }

    public long Length { get; init; }

    /// <summary>Permissions as chmod takes them; null where they are not known, as on Windows.</summary>
    public uint? Permissions { get; init; }

    /// <summary>The same, with 0755 for a folder and 0644 for a file whose permissions are not known.</summary>
    public uint PermissionsOrUsual => Permissions ?? (IsFolder ? UsualFolder : UsualFile);

    /// <summary>Of its content, in seconds since 1970.</summary>
    public uint ModifiedAt { get; init; }

    /// <summary>Makes <see cref="PartialName"/> one that nobody else can guess.</summary>
    public byte[] Secret { get; init; } = [];

    /// <summary>The path that is written to: the destination, or where a link there leads to.</summary>
    public string Target { get; init; } = Destination;

    /// <summary>What was there before.</summary>
    public FileKind Existing { get; init; }

    /// <summary>Whether it is written to its target at once, and not to a file of another name.</summary>
    public bool IsDirect { get; init; }

    /// <summary>
    /// The name, in the target's folder, of what has arrived until all has. It stands for this source as it is now: a source that
    /// has changed is not gone on with.
    /// </summary>
    public string PartialName
    {
        get
        {
            var identity = string.Create(CultureInfo.InvariantCulture, $"{Source}\0{Length}\0{ModifiedAt}\0{Target}");
            var hash = Convert.ToHexString(HMACSHA256.HashData(Secret, Encoding.UTF8.GetBytes(identity)), 0, 4).ToLowerInvariant();
            var name = Target[(Target.LastIndexOfAny(Separators) + 1)..];
            return $"{name[..Math.Min(name.Length, LongestNameKept)]}.{hash}.part";
        }
    }

    /// <summary>The path of that.</summary>
    public string PartialPath => Target[..(Target.LastIndexOfAny(Separators) + 1)] + PartialName;

    /// <summary>Where that lies which has arrived, while not all has.</summary>
    public string ArrivedPath => IsDirect ? Target : PartialPath;
}
