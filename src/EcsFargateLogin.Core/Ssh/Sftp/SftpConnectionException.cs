namespace EcsFargateLogin.Ssh.Sftp;

/// <summary>The connection to an SFTP server has ended, or there is none. What went wrong with files is no such thing.</summary>
internal sealed class SftpConnectionException(string message, Exception cause) : Exception(message, cause);
