namespace EcsFargateLogin.Ssh.Sftp;

/// <summary>A request that the SFTP server has refused.</summary>
internal sealed class SftpStatusException(uint status, string message) : Exception(message)
{
    public const uint EndOfFile = 1;
    public const uint NoSuchFile = 2;
    public const uint PermissionDenied = 3;

    /// <summary>Whatever has no code of its own, such as a full disk.</summary>
    public const uint Failure = 4;

    public uint Status { get; } = status;
}
