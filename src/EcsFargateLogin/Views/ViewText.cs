using System.Globalization;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Pipeline;

namespace EcsFargateLogin.Views;

/// <summary>
/// The texts of this module's views: relative times, and the colours of $PSStyle. The script blocks of
/// EcsFargateLogin.Format.ps1xml call it, and so can a view of your own.
/// </summary>
public static class ViewText
{
    /// <summary>A time relative to now.</summary>
    /// <param name="time">A time, or null.</param>
    /// <returns>"3 min ago", "in 47 min", "now"; empty for null.</returns>
    public static string Relative(DateTimeOffset? time) =>
        time is { } value ? RelativeTime.Text(value, DateTimeOffset.UtcNow) : "";

    /// <summary>A local time, and the same relative to now.</summary>
    /// <param name="time">A time, or null.</param>
    /// <returns>"2024-05-17 14:03:07 +02:00 (3 min ago)"; empty for null.</returns>
    public static string Moment(DateTimeOffset? time) => time is { } value
        ? $"{value.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture)} ({Relative(value)})"
        : "";

    /// <summary>A text from outside, such as the name of a container's file, without control sequences.</summary>
    /// <param name="text">A text, or null.</param>
    public static string Plain(string? text) => text is null ? "" : TerminalText.OneLine(text);

    /// <summary>A message of a log, without control sequences; its lines and their indents stay.</summary>
    /// <param name="message">A message, or null.</param>
    public static string Message(string? message) => message is null ? "" : TerminalText.Clean(message).TrimEnd();

    /// <summary>A local time to the second.</summary>
    /// <param name="time">A time, or null.</param>
    /// <returns>"2024-05-17 14:03:07"; empty for null.</returns>
    public static string Time(DateTimeOffset? time) =>
        time?.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "";

    /// <summary>CPU units, and the same in vCPUs.</summary>
    /// <param name="units">CPU units, or null.</param>
    /// <returns>"512 (0.5 vCPU)"; empty for null.</returns>
    public static string Cpu(int? units) =>
        units is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value} ({TaskSize.TextOfCpu(value)})") : "";

    /// <summary>Memory in MiB, and the same in the unit of AWS's tables.</summary>
    /// <param name="mebibytes">MiB, or null.</param>
    /// <returns>"4096 MiB (4 GB)"; empty for null.</returns>
    public static string Memory(int? mebibytes) =>
        mebibytes is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value} MiB ({TaskSize.TextOfMemory(value)})") : "";

    /// <summary>The size of a session's task when it was started.</summary>
    /// <param name="start">A start.</param>
    /// <returns>"1 vCPU, 4 GB"; empty where ECS had not reported it.</returns>
    public static string Size(FargateStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        return start is { Cpu: { } cpu, Memory: { } memory } ? $"{TaskSize.TextOfCpu(cpu)}, {TaskSize.TextOfMemory(memory)}" : "";
    }

    /// <summary>A duration in seconds.</summary>
    /// <param name="duration">A duration, or null.</param>
    /// <returns>"18.4 s"; empty for null.</returns>
    public static string Seconds(TimeSpan? duration) =>
        duration is { } time ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s") : "";

    /// <summary>The longest phase of a start.</summary>
    /// <param name="phases">The phases.</param>
    /// <returns>"pull 18.4 s"; empty where no phase is known.</returns>
    public static string Slowest(FargateStartPhases phases)
    {
        ArgumentNullException.ThrowIfNull(phases);
        return phases.Named().ToList() is { Count: > 0 } known && known.MaxBy(phase => phase.Duration) is var slowest
            ? $"{slowest.Name} {Seconds(slowest.Duration)}"
            : "";
    }

    /// <summary>
    /// A bar chart of a start's phases in plain characters, a line a phase, each bar where the one before ends; up to 52 columns.
    /// </summary>
    /// <param name="phases">The phases.</param>
    public static string Chart(FargateStartPhases phases)
    {
        ArgumentNullException.ThrowIfNull(phases);
        return string.Join('\n', PhaseChart.Lines(phases));
    }

    /// <summary>A session's state: green while it can be entered, faint when it ends, otherwise coloured as a warning.</summary>
    /// <param name="session">A session.</param>
    /// <param name="style">The value of $PSStyle.</param>
    public static string Status(FargateSession session, object? style)
    {
        ArgumentNullException.ThrowIfNull(session);
        return new Palette(style).Paint(session.State, Tones.OfState(session.State));
    }

    /// <summary>A tunnel's status: green while it is open, faint when it was ended.</summary>
    /// <param name="tunnel">A tunnel.</param>
    /// <param name="style">The value of $PSStyle.</param>
    public static string Status(FargateTunnel tunnel, object? style)
    {
        ArgumentNullException.ThrowIfNull(tunnel);
        return new Palette(style).Paint(tunnel.Status.ToString(), Tones.Of(tunnel.Status));
    }

    /// <summary>A command's exit code, in the colour of errors unless it is 0.</summary>
    /// <param name="result">A command's result.</param>
    /// <param name="style">The value of $PSStyle.</param>
    public static string ExitCode(FargateCommandResult result, object? style)
    {
        ArgumentNullException.ThrowIfNull(result);
        var code = result.ExitCode.ToString(CultureInfo.InvariantCulture);
        return new Palette(style).Paint(code, result.ExitCode == 0 ? Tone.Good : Tone.Bad);
    }

    /// <summary>The symbol of a check's result: ✔ ⚠ ✘ –, or + ! x - if the console's encoding lacks them.</summary>
    /// <param name="check">A check.</param>
    /// <param name="style">The value of $PSStyle.</param>
    public static string Symbol(FargateLoginCheck check, object? style)
    {
        ArgumentNullException.ThrowIfNull(check);
        return new Palette(style).Paint(Symbols.Of(check.Result, Console.OutputEncoding), Tones.Of(check.Result));
    }

    /// <summary>A check's finding and, on a line of its own, its fix.</summary>
    /// <param name="check">A check.</param>
    public static string Finding(FargateLoginCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        return check.Fix.Length == 0
            ? check.Detail
            : $"{check.Detail}\n{Symbols.Arrow(Console.OutputEncoding)} {check.Fix}";
    }

    /// <summary>
    /// A preset's parameters with their values. Variables and tags appear by name only, because their values may be secrets.
    /// </summary>
    /// <param name="preset">A preset.</param>
    /// <param name="separator">The text between two parameters.</param>
    public static string Parameters(FargateSessionPreset preset, string separator)
    {
        ArgumentNullException.ThrowIfNull(preset);
        return string.Join(separator, preset.Parameter.Select(parameter => $"{parameter.Key}={Value(parameter.Value)}"));
    }

    /// <summary>A preset's parameters with the files that give them.</summary>
    /// <param name="preset">A preset.</param>
    /// <param name="separator">The text between two parameters.</param>
    public static string Sources(FargateSessionPreset preset, string separator)
    {
        ArgumentNullException.ThrowIfNull(preset);
        return string.Join(separator, preset.Source.Select(source => $"{source.Key} from {source.Value}"));
    }

    private static string Value(object value) => value switch
    {
        IReadOnlyDictionary<string, string> map => $"{{{string.Join(',', map.Keys)}}}",
        IEnumerable<string> list => string.Join(',', list),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
