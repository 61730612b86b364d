using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EcsFargateLogin.Transfers;

/// <summary>A file or folder to be copied.</summary>
internal sealed record CopyItem(string Source, string Destination)
{
    private const int LongestNameKept = 60;
    private const uint DefaultFolderMode = 0x1ED;
    private const uint DefaultFileMode = 0x1A4;

    private static readonly char[] Separators = ['/', Path.DirectorySeparatorChar];

    public bool IsFolder { get; init; }

    public long Length { get; init; }

    /// <summary>The mode as chmod takes it; null if it is not known, as on Windows.</summary>
    public uint? Permissions { get; init; }

    /// <summary>The mode, or if it is not known 0755 for a folder and 0644 for a file.</summary>
    public uint PermissionsOrDefault => Permissions ?? (IsFolder ? DefaultFolderMode : DefaultFileMode);

    /// <summary>The time of its last modification, in seconds since 1970.</summary>
    public uint ModifiedAt { get; init; }

    /// <summary>The secret that makes <see cref="PartialName"/> impossible to guess.</summary>
    public byte[] Secret { get; init; } = [];

    /// <summary>The path to write to: the destination, or the end of a link there.</summary>
    public string Target { get; init; } = Destination;

    /// <summary>The kind of file that the target was before the copy.</summary>
    public FileKind Existing { get; init; }

    /// <summary>Whether it is written directly to its target instead of to a partial file.</summary>
    public bool IsDirect { get; init; }

    /// <summary>
    /// The name of the partial file in the target's folder. It depends on the source's length and time, so that the copy of a
    /// source that has changed is not resumed.
    /// </summary>
    public string PartialName
    {
        get
        {
            var identity = string.Create(CultureInfo.InvariantCulture, $"{Source}\0{Length}\0{ModifiedAt}\0{Target}");
            var hash = Convert.ToHexString(HMACSHA256.HashData(Secret, Encoding.UTF8.GetBytes(identity)), 0, 4)
                .ToLowerInvariant();
            var name = Target[(Target.LastIndexOfAny(Separators) + 1)..];
            return $"{name[..Math.Min(name.Length, LongestNameKept)]}.{hash}.part";
        }
    }

    /// <summary>The path of the partial file.</summary>
    public string PartialPath => Target[..(Target.LastIndexOfAny(Separators) + 1)] + PartialName;

    /// <summary>The path of an incomplete copy.</summary>
    public string IncompletePath => IsDirect ? Target : PartialPath;
}

/// <summary>The kind of file at a path, or at the end of a link there.</summary>
internal enum FileKind
{
    /// <summary>No file.</summary>
    Nothing,

    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A device, which takes bytes but cannot be replaced.</summary>
    Device,

    /// <summary>A named pipe or a socket, which takes bytes only while there is a reader; or an unknown kind.</summary>
    Other,
}

/// <summary>The items of a copy, each with a destination of its own.</summary>
/// <param name="report">Receives the items that cannot be copied.</param>
/// <param name="paths">Compares destinations.</param>
internal sealed class CopyPlan(CopyReport report, StringComparer paths)
{
    private readonly Dictionary<string, CopyItem> _byDestination = new(paths);

    /// <summary>The files and folders, each folder before its content.</summary>
    public List<CopyItem> Items { get; } = [];

    /// <summary>
    /// Adds an item, unless it would replace the copy of another item with the same destination. Folders with equal names,
    /// including case, are merged.
    /// </summary>
    /// <exception cref="FargateException">Another item has the destination.</exception>
    public void Add(CopyItem item)
    {
        if (!_byDestination.TryAdd(item.Destination, item)
            && _byDestination[item.Destination] is var other
            && !(other.IsFolder && item.IsFolder && other.Destination == item.Destination))
        {
            throw TransferErrors.CopyFailed(
                item.Source, $"it would replace the copy of '{other.Source}' as '{other.Destination}'");
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
