namespace LocalFargate;

/// <summary>Finds the container's script in the repository that this program was built in.</summary>
internal static class StartSshdScript
{
    internal const string PathInContainer = "/usr/local/bin/start-sshd.sh";

    private static readonly string _pathInRepository = Path.Combine("module", "container", "start-sshd.sh");

    /// <exception cref="FileNotFoundException">It is not there.</exception>
    internal static string Find(string? path)
    {
        if (path is not null)
        {
            var full = Path.GetFullPath(path);
            return File.Exists(full) ? full : throw new FileNotFoundException($"The script '{full}' does not exist.", full);
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, _pathInRepository);
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new FileNotFoundException(
            $"{_pathInRepository} was not found above {AppContext.BaseDirectory}. Say where it lies with StartSshdPath or --start-sshd.");
    }
}
