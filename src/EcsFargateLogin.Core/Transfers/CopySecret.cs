using System.Security.Cryptography;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Transfers;

/// <summary>
/// A secret of a session, from which the names of files that have arrived in part are made: in a folder that all may write to,
/// nobody can put something there before.
/// </summary>
internal static class CopySecret
{
    private const int Length = 32;
    private const string SecretFile = "copy-secret";

    /// <summary>The secret, made at the first copy. Where it cannot be kept, it is another each time and no copy is gone on with.</summary>
    public static byte[] Of(FargateSession session)
    {
        var secret = RandomNumberGenerator.GetBytes(Length);
        if (session.Folder is not { } folder)
        {
            return secret;
        }

        var path = Path.Combine(folder, SecretFile);
        try
        {
            if (!File.Exists(path))
            {
                Write(path, secret);
            }

            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return secret;
        }
    }

    /// <summary>Another copy that writes it at the same time wins or loses as a whole.</summary>
    private static void Write(string path, byte[] secret)
    {
        var temporary = $"{path}.{Path.GetRandomFileName()}";
        using (var file = OwnerOnly.CreateFile(temporary))
        {
            file.Write(secret);
        }

        try
        {
            File.Move(temporary, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
        }
    }
}
