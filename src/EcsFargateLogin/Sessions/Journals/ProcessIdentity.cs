using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;

namespace EcsFargateLogin.Sessions.Journals;

/// <summary>A process of this machine, told apart by its start from later ones that are given the same id.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Start">When it started, in the system's own unchanging words.</param>
internal sealed record ProcessIdentity(int Id, string Start)
{
    /// <summary>This process.</summary>
    public static ProcessIdentity Current { get; } = Of(Environment.ProcessId);

    /// <summary>Whether it still runs.</summary>
    [JsonIgnore]
    public bool IsAlive => StartOf(Id) is { } start && start == Start;

    /// <summary>The process that has this id now.</summary>
    public static ProcessIdentity Of(int id) => new(id, StartOf(id) ?? "");

    private static string? StartOf(int id) => OperatingSystem.IsLinux() ? StartOnLinux(id) : StartElsewhere(id);

    /// <summary>
    /// Ticks since the boot, and which boot: unlike a time of day these do not change when the clock is set.
    /// </summary>
    private static string? StartOnLinux(int id)
    {
        const int State = 0;
        const int StartTime = 19;
        try
        {
            // The fields after the program's name, which is in parentheses and may hold anything: proc(5), stat.
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[State] is "Z" or "X"
                ? null
                : $"{File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()}/{fields[StartTime]}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? StartElsewhere(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It is gone, or it is another user's, who has been given its id.
            return null;
        }
    }
}
