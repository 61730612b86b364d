using System.Text.Json;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Model;

/// <summary>The accesses that were granted to a session: a file for each in its folder, which goes with it.</summary>
internal static class AccessFiles
{
    private const string Prefix = "access-";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Reads the accesses of a session, those that end first before others. Unreadable ones are omitted.</summary>
    /// <param name="folder">The session's folder.</param>
    public static IReadOnlyList<FargateAccess> Read(string folder)
    {
        try
        {
            return
            [
                .. Directory.GetFiles(folder, $"{Prefix}*.json")
                    .Select(path => OwnerOnly.ReadJson<FargateAccess>(path, Json))
                    .OfType<FargateAccess>()
                    .Where(access => access.SessionId == Path.GetFileName(folder) && FargateAccess.KeyIdOf(access.Fingerprint) is not null)
                    .OrderBy(access => access.Until),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Writes an access, or replaces that of the same key.</summary>
    public static void Write(string folder, FargateAccess access) =>
        OwnerOnly.WriteJson(PathOf(folder, access), access, Json);

    /// <summary>Deletes an access.</summary>
    public static void Delete(string folder, FargateAccess access) => SharedFile.Repeat(() => File.Delete(PathOf(folder, access)));

    private static string PathOf(string folder, FargateAccess access) =>
        Path.Combine(folder, $"{Prefix}{FargateAccess.KeyIdOf(access.Fingerprint)}.json");
}
