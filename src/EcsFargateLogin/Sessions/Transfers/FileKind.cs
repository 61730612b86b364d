using System.Formats.Tar;

namespace EcsFargateLogin.Sessions.Transfers;

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
    /// <summary>What is at a path.</summary>
    public static FileKind KindOf(string path)
    {
        if (Directory.Exists(path))
        {
            return FileKind.Folder;
        }

        try
        {
            FileInfo file = new(EndOf(path));
            return !file.Exists ? FileKind.Nothing
                : file.Length > 0 || OperatingSystem.IsWindows() ? FileKind.File
                : KindOfEmpty(file.FullName);
        }
        catch (IOException)
        {
            // Links that lead in a circle.
            return FileKind.Other;
        }
    }

    /// <summary>Where the links at a path lead to, whether or not something is there; the path itself where it is no link.</summary>
    /// <exception cref="IOException">The links lead in a circle.</exception>
    public static string EndOf(string path) =>
        new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : path;

    /// <summary>
    /// A pipe or a device looks like an empty file, and opening one may last for ever; the entry of an archive tells them apart
    /// without opening them.
    /// </summary>
    private static FileKind KindOfEmpty(string path)
    {
        try
        {
            using MemoryStream archive = new();
            using (TarWriter writer = new(archive, leaveOpen: true))
            {
                writer.WriteEntry(path, "file");
            }

            archive.Position = 0;
            using TarReader reader = new(archive);
            return reader.GetNextEntry()?.EntryType switch
            {
                TarEntryType.RegularFile => FileKind.File,
                TarEntryType.CharacterDevice or TarEntryType.BlockDevice => FileKind.Device,
                _ => FileKind.Other,
            };
        }
        catch (UnauthorizedAccessException)
        {
            // Only a regular file is opened.
            return FileKind.File;
        }
        catch (IOException)
        {
            // A socket, which no archive can hold.
            return FileKind.Other;
        }
    }
}
