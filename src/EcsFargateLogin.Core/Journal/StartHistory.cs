using System.Text.Json;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Journal;

/// <summary>
/// Keeps the last starts of sessions from this machine, in a file that only its owner can read. Any number of processes may use it
/// at once. It only informs: nothing here ever fails a session, and every failure is a reason for verbose output.
/// </summary>
/// <param name="folder">The folder of the file.</param>
internal sealed class StartHistory(string folder)
{
    /// <summary>The number of starts that are kept.</summary>
    public const int Limit = 200;

    private const int CurrentVersion = 1;

    /// <summary>Upper bound for the size of the file in bytes: many times that of as many starts.</summary>
    private const int MaxLength = 1 << 20;

    /// <summary>The shortest list of starts that says how long they usually take.</summary>
    private const int FewestForMedian = 2;

    private static readonly JsonSerializerOptions Json = SessionJournal.Json;

    private readonly string _path = Path.Combine(folder, "starts.json");

    private readonly string _lockPath = Path.Combine(folder, "starts.lock");

    /// <summary>The time limit for acquiring the lock: other processes hold it for milliseconds.</summary>
    public TimeSpan LockLimit { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Reads the starts, the newest first.</summary>
    /// <returns>The starts; and the reason why the file is not used, or null.</returns>
    public (IReadOnlyList<FargateStart> Starts, string? Fault) Read()
    {
        var (starts, fault, _) = ReadFile();
        return (starts, fault is null ? null : $"The history of starts in '{_path}' is not used: {fault}.");
    }

    /// <summary>The starts of a task definition's family in a region.</summary>
    public static IReadOnlyList<FargateStart> Of(IEnumerable<FargateStart> starts, string taskDefinition, string region)
    {
        var family = FargateStart.FamilyOf(taskDefinition);
        return [.. starts.Where(start => start.Family == family && start.Region == region)];
    }

    /// <summary>The median of the time that starts of a task definition took; null where too few are known.</summary>
    public static TimeSpan? UsualOf(IEnumerable<FargateStart> starts, string taskDefinition, string region) => MedianOf(
        Of(starts, taskDefinition, region).Where(start => start.Phases.Server is not null),
        start => start.Total - (start.Phases.Shell ?? TimeSpan.Zero),
        FewestForMedian);

    /// <summary>The median of a duration; null where fewer starts have it.</summary>
    public static TimeSpan? MedianOf(IEnumerable<FargateStart> starts, Func<FargateStart, TimeSpan?> duration, int fewest = 1)
    {
        TimeSpan[] all = [.. starts.Select(duration).OfType<TimeSpan>().Order()];
        return all.Length < fewest ? null : all[all.Length / 2];
    }

    /// <summary>Adds the starts of sessions that this process has started and that have answered, or completes them.</summary>
    /// <returns>The reason why they are not kept; null where they are.</returns>
    public async Task<string?> RecordAsync(IEnumerable<FargateSession> sessions, CancellationToken cancellationToken)
    {
        var changed = sessions.Where(session => session.Plan is not null && session.Timing.Answered is not null)
            .Where(session => session.RecordedStart != FargateStart.Of(session))
            .ToList();
        if (changed.Count == 0)
        {
            return null;
        }

        try
        {
            await using var held = await OwnerOnly.LockFileAsync(_lockPath, LockLimit, cancellationToken);
            return Add(changed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            return $"The start is not kept in '{_path}': {ErrorText.ReasonOf(e)}.";
        }
    }

    /// <summary>Deletes what a process that was killed while it wrote the file has left beside it.</summary>
    public void Sweep()
    {
        try
        {
            var left = Directory.GetFiles(folder).Where(file => file.StartsWith($"{_path}.", StringComparison.Ordinal)).ToList();
            if (left.Count == 0)
            {
                return;
            }

            // Whoever still wrote one of them has ended once the lock is had.
            using var held = OwnerOnly.LockFile(_lockPath);
            left.ForEach(File.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process writes, the disk is read-only, or there is no folder yet: a later listing deletes them.
        }
    }

    private string? Add(IReadOnlyList<FargateSession> sessions)
    {
        var (known, fault, mustStay) = ReadFile();
        if (mustStay)
        {
            return $"The start is not kept in '{_path}': {fault}.";
        }

        // Read again, because other threads complete the sessions.
        var added = sessions.ToDictionary(session => session, FargateStart.Of);
        var ids = added.Values.Select(start => start.SessionId).ToHashSet();
        FargateStart[] starts =
        [
            .. added.Values.Concat(known.Where(start => !ids.Contains(start.SessionId)))
                .OrderByDescending(start => start.CreatedAt).Take(Limit),
        ];
        OwnerOnly.WriteJson(_path, new Content(CurrentVersion, starts), Json);
        foreach (var (session, start) in added)
        {
            session.RecordedStart = start;
        }

        return fault is null ? null : $"The history of starts in '{_path}' begins anew: {fault}.";
    }

    /// <returns>
    /// The starts; the reason why there are none of the file, or null; and whether the file must not be replaced for that reason.
    /// </returns>
    private (IReadOnlyList<FargateStart> Starts, string? Fault, bool MustStay) ReadFile()
    {
        try
        {
            if (OwnerOnly.FaultOf(folder) is { } faultOfFolder)
            {
                return ([], $"its folder {faultOfFolder}", true);
            }

            using var stream = SharedFile.Open(_path);
            return OwnerOnly.FaultOf(stream) is { } fault ? ([], $"it {fault}", false)
                : stream.Length > MaxLength ? ([], "it is too large", false)
                : Parse(stream);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return ([], null, false);
        }
        catch (JsonException)
        {
            return ([], "it is damaged", false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ([], ErrorText.ReasonOf(e), false);
        }
    }

    private static (IReadOnlyList<FargateStart> Starts, string? Fault, bool MustStay) Parse(Stream stream)
    {
        using var text = JsonDocument.Parse(stream);
        var version = SessionJournal.VersionOf(text.RootElement);
        return version > CurrentVersion ? ([], "a later version of this module has written it", true)
            : version < CurrentVersion || text.Deserialize<Content>(Json)?.Starts is not { } starts ? ([], "it is damaged", false)
            : ([.. starts.Where(start => start is { IsValid: true }).OrderByDescending(start => start.CreatedAt)], null, false);
    }

    private sealed record Content(int Version, IReadOnlyList<FargateStart> Starts);
}
