using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Transfers;

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

/// <summary>Tells the kinds of this machine's files.</summary>
internal static class LocalFile
{
    /// <summary>What is at a path, or where a link there leads to.</summary>
    public static FileKind KindOf(string path) =>
        Directory.Exists(path) ? FileKind.Folder
        : OperatingSystem.IsWindows() ? File.Exists(path) ? FileKind.File : FileKind.Nothing
        : UnixFile.Of(path) switch
        {
            null => FileKind.Nothing,
            { IsRegular: true } => FileKind.File,
            { IsDevice: true } => FileKind.Device,
            _ => FileKind.Other,
        };

    /// <summary>Where the links at a path lead to, whether or not something is there; the path itself where it is no link.</summary>
    /// <exception cref="IOException">The links lead in a circle.</exception>
    public static string EndOf(string path) =>
        new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : path;
}
