namespace EcsFargateLogin.Ssh.Sftp;

/// <summary>The types of SFTP's packets, by the draft that OpenSSH keeps to (version 3).</summary>
internal enum SftpType : byte
{
    Init = 1,
    Version = 2,
    Open = 3,
    Close = 4,
    Read = 5,
    Write = 6,
    LStat = 7,
    SetStat = 9,
    FSetStat = 10,
    OpenFolder = 11,
    ReadFolder = 12,
    Remove = 13,
    MakeFolder = 14,
    RealPath = 16,
    Stat = 17,
    Rename = 18,
    Status = 101,
    Handle = 102,
    Data = 103,
    Name = 104,
    Attributes = 105,
    Extended = 200,
    ExtendedReply = 201,
}

/// <summary>What a file is opened for, by the same draft.</summary>
[Flags]
internal enum SftpOpen : uint
{
    Read = 1,
    Write = 2,
    Create = 8,
    Truncate = 16,

    /// <summary>Together with <see cref="Create"/>: nothing may be there, not even a link.</summary>
    Exclusive = 32,
}
