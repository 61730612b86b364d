using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EcsFargateLogin.Sessions.Transfers;

/// <summary>A file or folder to be copied.</summary>
internal sealed record CopyItem(string Source, string Destination)
{
    private const int LongestNameKept = 60;

    public bool IsFolder { get; init; }

    public long Length { get; init; }

    /// <summary>Permissions as chmod takes them; null where they are not known, as on Windows.</summary>
    public uint? Permissions { get; init; }

    /// <summary>Of its content, in seconds since 1970.</summary>
    public uint ModifiedAt { get; init; }

    /// <summary>
    /// The name, in the destination's folder, of what has arrived until all has. It stands for this source as it is now:
    /// a source that has changed is not gone on with.
    /// </summary>
    public string PartialName
    {
        get
        {
            var identity = string.Create(CultureInfo.InvariantCulture, $"{Source}\0{Length}\0{ModifiedAt}\0{Destination}");
            var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(identity)), 0, 4).ToLowerInvariant();
            var name = Destination[(Destination.LastIndexOfAny(['/', Path.DirectorySeparatorChar]) + 1)..];
            return $"{name[..Math.Min(name.Length, LongestNameKept)]}.{hash}.part";
        }
    }

    /// <summary>The path of that.</summary>
    public string PartialPath =>
        Destination[..(Destination.LastIndexOfAny(['/', Path.DirectorySeparatorChar]) + 1)] + PartialName;
}
