namespace EcsFargateLogin.Ssh.Sftp;

/// <summary>What SFTP tells of a file, and is told; null where it does not.</summary>
/// <param name="Length">In bytes.</param>
/// <param name="Mode">The type and the permissions, as stat(2) has them.</param>
/// <param name="ModifiedAt">The last modification, in seconds since 1970.</param>
internal sealed record SftpAttributes(long? Length, uint? Mode, uint? ModifiedAt)
{
    /// <summary>Upper bound for the size of a file, in bytes.</summary>
    public const ulong LongestFile = 1UL << 53;

    private const uint TypeMask = 0xF000;
    private const uint PermissionMask = 0xFFF;

    public bool IsFolder => (Mode & TypeMask) == 0x4000;

    public bool IsFile => (Mode & TypeMask) == 0x8000;

    public bool IsLink => (Mode & TypeMask) == 0xA000;

    public bool IsDevice => (Mode & TypeMask) is 0x2000 or 0x6000;

    /// <summary>The permissions alone.</summary>
    public uint? Permissions => Mode & PermissionMask;
}

/// <summary>A file in a folder.</summary>
internal sealed record SftpEntry(string Name, SftpAttributes Attributes);
