using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Presets;

/// <summary>
/// The presets that apply in a folder: those of the project, with a file there or above, and those of the user. If both have a
/// preset of the same name, the project's parameters are used, and the user's where the project has none. A project's file that
/// may be somebody else's is ignored.
/// </summary>
internal sealed class PresetStore
{
    /// <summary>The preset that is used when none is named.</summary>
    public const string DefaultName = "default";

    /// <summary>The name of a project's file.</summary>
    public const string ProjectFileName = ".fargatelogin.json";

    /// <summary>Upper bound for the wait for the lock. Its holders only read and write a file.</summary>
    private static readonly TimeSpan LockLimit = TimeSpan.FromSeconds(10);

    private readonly PresetFile? _found;
    private readonly List<string> _warnings = [];

    /// <param name="folder">The current folder.</param>
    /// <param name="keys">The keys that presets have.</param>
    public PresetStore(string folder, PresetKeys keys)
    {
        _found = FindUpward(folder, keys);
        Project = _found ?? new PresetFile(Path.Combine(folder, ProjectFileName), isProjectFile: true, keys);
        User = new PresetFile(PathOfUser(), isProjectFile: false, keys);
    }

    /// <summary>
    /// The project's file: the nearest one that can be trusted, or else one to be created in the current folder.
    /// </summary>
    public PresetFile Project { get; }

    /// <summary>A warning for each project's file that is ignored, with the reason.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>The user's own file, under XDG_CONFIG_HOME, ~/.config or %APPDATA%.</summary>
    public PresetFile User { get; }

    /// <summary>All presets, by name.</summary>
    /// <exception cref="FargateException">A file cannot be used.</exception>
    public IReadOnlyList<FargateSessionPreset> ReadAll()
    {
        Dictionary<string, FargateSessionPreset> presets = new(StringComparer.OrdinalIgnoreCase);
        foreach (var file in new[] { _found, User }.OfType<PresetFile>())
        {
            foreach (var (name, values) in file.Read())
            {
                if (!presets.TryGetValue(name, out var preset))
                {
                    presets.Add(name, preset = new FargateSessionPreset(name));
                }

                preset.Add(values, file.Path);
            }
        }

        return [.. presets.Values.OrderBy(preset => preset.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>A preset by name; where none is named, the default one, or null when there is none.</summary>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.PresetNotFound"/> of one that is named; or a file cannot be used.
    /// </exception>
    public FargateSessionPreset? Find(string? name)
    {
        var presets = ReadAll();
        return presets.FirstOrDefault(preset => preset.Name.Equals(name ?? DefaultName, StringComparison.OrdinalIgnoreCase))
            ?? (name is null ? null : throw NotFound(name, presets.Select(preset => preset.Name)));
    }

    /// <summary>
    /// Changes the presets of a file under a lock, so that no change is lost when two are made at the same time.
    /// </summary>
    /// <exception cref="FargateException">The file cannot be used, or the lock is not released in time.</exception>
    public async Task ChangeAsync(
        PresetFile file, Action<Dictionary<string, Dictionary<string, object>>> change, CancellationToken cancellationToken)
    {
        using var fileLock = await LockAsync(file, cancellationToken);
        var presets = file.Read();
        change(presets);
        file.Write(presets);
    }

    /// <summary>Locks the presets against this user's other processes, until the result is disposed of.</summary>
    private async Task<IDisposable> LockAsync(PresetFile file, CancellationToken cancellationToken)
    {
        // For a project's file, too, the lock is in the user's own folder: the project's is for the files of the project.
        var folder = Path.GetDirectoryName(User.Path)!;
        try
        {
            if (!Directory.Exists(folder))
            {
                OwnerOnly.CreateFolder(folder);
            }

            return await OwnerOnly.LockFileAsync(Path.Combine(folder, "presets.lock"), LockLimit, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PresetErrors.PresetUnavailable(file.Path, e);
        }
    }

    /// <summary>The error of a preset that is not there.</summary>
    public static FargateException NotFound(string name, IEnumerable<string> names)
    {
        string[] there = [.. names];
        return PresetErrors.PresetNotFound(name, NearestName.Of(name, there), there);
    }

    private PresetFile? FindUpward(string folder, PresetKeys keys)
    {
        for (var at = folder; at is not null; at = Path.GetDirectoryName(at))
        {
            PresetFile file = new(Path.Combine(at, ProjectFileName), isProjectFile: true, keys);
            if (!File.Exists(file.Path))
            {
                continue;
            }

            if (file.ReasonToIgnore is not { } why)
            {
                return file;
            }

            _warnings.Add(PresetErrors.PresetFileUntrusted(file.Path, why).Message);
        }

        return null;
    }

    private static string PathOfUser()
    {
        var configHome = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME");
        if (string.IsNullOrEmpty(configHome) || !Path.IsPathRooted(configHome))
        {
            configHome = OperatingSystem.IsWindows()
                ? Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData)
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config");
        }

        return Path.Combine(configHome, "EcsFargateLogin", "presets.json");
    }
}
