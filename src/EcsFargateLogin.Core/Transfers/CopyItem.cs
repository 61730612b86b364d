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

/// <summary>What is at a path, or where a link there leads to.</summary>
internal enum FileKind
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A device, which takes bytes but cannot be replaced.</summary>
    Device,

    /// <summary>A named pipe or a socket, which takes bytes only while somebody reads; or what is not known.</summary>
    Other,
}

/// <summary>What a copy is made of, each with a destination of its own.</summary>
/// <param name="report">Is told what cannot be copied.</param>
/// <param name="paths">Which destinations are the same.</param>
internal sealed class CopyPlan(CopyReport report, StringComparer paths)
{
    private readonly Dictionary<string, CopyItem> _byDestination = new(paths);

    /// <summary>The files and folders, folders before what they hold.</summary>
    public List<CopyItem> Items { get; } = [];

    /// <summary>
    /// Adds an item, unless another one of this copy has the same destination: the later would replace the earlier. Folders of the
    /// same name become one, where the name is the same to the letter.
    /// </summary>
    /// <exception cref="FargateException">Another one has it.</exception>
    public void Add(CopyItem item)
    {
        if (!_byDestination.TryAdd(item.Destination, item)
            && _byDestination[item.Destination] is var other
            && !(other.IsFolder && item.IsFolder && other.Destination == item.Destination))
        {
            throw TransferErrors.CopyFailed(item.Source, $"it would replace the copy of '{other.Source}' as '{other.Destination}'");
        }

        Items.Add(item);
    }

    /// <summary>Adds items, and reports each that cannot be added.</summary>
    public void Add(IEnumerable<CopyItem> items)
    {
        foreach (var item in items)
        {
            try
            {
                Add(item);
            }
            catch (FargateException e)
            {
                report.Failed(item.Source, e);
            }
        }
    }
}
