namespace EcsFargateLogin.EndToEnd.Sweep;

/// <summary>What can happen to a session's folder while the session lasts.</summary>
internal static class FolderDamage
{
    public static void KeyDeleted(string folder) => File.Delete(Path.Combine(folder, "id_ed25519"));

    public static void FolderDeleted(string folder) => Directory.Delete(folder, recursive: true);

    public static void EntryGarbled(string folder) => File.WriteAllText(Path.Combine(folder, "session.json"), "{");

    /// <summary>A folder where the entry was: it can be neither replaced nor deleted as a file.</summary>
    public static void EntryInTheWay(string folder)
    {
        var entry = Path.Combine(folder, "session.json");
        File.Delete(entry);
        Directory.CreateDirectory(Path.Combine(entry, "in-the-way"));
    }
}
