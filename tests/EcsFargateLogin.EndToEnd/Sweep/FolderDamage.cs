namespace EcsFargateLogin.EndToEnd.Sweep;

/// <summary>The damage that can be done to a session's folder while the session lasts.</summary>
internal static class FolderDamage
{
    public static void KeyDeleted(string folder) => File.Delete(Path.Combine(folder, "id_ed25519"));

    /// <summary>Deletes the folder by renaming it first, or else the session might write there while it is emptied.</summary>
    public static void FolderDeleted(string folder)
    {
        var aside = Directory.CreateTempSubdirectory("fargate-login-damage-").FullName;
        Directory.Move(folder, Path.Combine(aside, "folder"));
        Directory.Delete(aside, recursive: true);
    }

    public static void EntryGarbled(string folder) => File.WriteAllText(Path.Combine(folder, "session.json"), "{");

    /// <summary>A folder where the entry was: it can be neither replaced nor deleted as a file.</summary>
    public static void EntryInTheWay(string folder)
    {
        var entry = Path.Combine(folder, "session.json");
        while (!Directory.Exists(entry))
        {
            File.Delete(entry);
            try
            {
                Directory.CreateDirectory(Path.Combine(entry, "in-the-way"));
            }
            catch (IOException)
            {
                // The session has written it again meanwhile.
            }
        }
    }
}
