using System.Globalization;
using System.Text.RegularExpressions;

namespace EcsFargateLogin.Cloud;

/// <summary>The values of a task's size.</summary>
internal enum TaskSizeValue
{
    Cpu,
    Memory,
    EphemeralStorage,
}

/// <summary>
/// The rule by which users write a value of a task's size: a number in AWS's unit; or a number with a unit, such as PowerShell's
/// own 4GB, which is a number of bytes. The ranges do not overlap, so no number has two meanings.
/// </summary>
internal sealed partial class TaskSizeRule
{
    /// <summary>The largest number of vCPUs. Larger numbers are CPU units, the smallest of which is 256.</summary>
    private const int MostVirtualCpus = 16;

    private const int LeastMemory = 512;
    private const int MostMemory = 122880;
    private const int LeastStorage = 21;
    private const int MostStorage = 200;
    private const decimal Mebibyte = 1 << 20;
    private const decimal Gibibyte = 1 << 30;

    private static readonly Dictionary<TaskSizeValue, TaskSizeRule> All = new()
    {
        [TaskSizeValue.Cpu] = new(
            "0.25, 0.5, 1, 2, 4, 8 or 16 vCPUs, or the same in CPU units: 256, 512, 1024, 2048, 4096, 8192 or 16384",
            CpuOf, number => FargateSizes.CpuUnits.Contains(number)),
        [TaskSizeValue.Memory] = new(
            "a whole number of MiB from 512 to 122880, such as 4096, or a number with a unit, such as 4GB",
            MemoryOf, number => number is >= LeastMemory and <= MostMemory),
        [TaskSizeValue.EphemeralStorage] = new(
            "a whole number of GiB from 21 to 200, such as 50 or 50GB; without the parameter a task has 20",
            StorageOf, number => number is >= LeastStorage and <= MostStorage),
    };

    private readonly Func<decimal, string, decimal?> _convert;
    private readonly Func<int, bool> _accepts;

    private TaskSizeRule(string expectation, Func<decimal, string, decimal?> convert, Func<int, bool> accepts) =>
        (Expectation, _convert, _accepts) = (expectation, convert, accepts);

    /// <summary>A description of the accepted values.</summary>
    public string Expectation { get; }

    /// <summary>Returns the rule of a value.</summary>
    public static TaskSizeRule Of(TaskSizeValue value) => All[value];

    /// <summary>Returns CPU units, MiB or GiB; null where the text has no valid value.</summary>
    public int? Parse(string? text)
    {
        if (Number().Match(text ?? "") is not { Success: true } match
            || !decimal.TryParse(match.Groups["number"].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || _convert(number, match.Groups["unit"].Value.ToUpperInvariant()) is not { } converted
            || converted != decimal.Truncate(converted) || converted is < 1 or > int.MaxValue)
        {
            return null;
        }

        return _accepts((int)converted) ? (int)converted : null;
    }

    /// <summary>The message for a text that has no valid value.</summary>
    public string MessageFor(string text) => $"'{text}' is not a size that Fargate has. It is {Expectation}.";

    private static decimal? CpuOf(decimal number, string unit) => unit switch
    {
        "" => number <= MostVirtualCpus ? number * 1024 : number,
        "VCPU" or "VCPUS" => number * 1024,
        _ => null,
    };

    private static decimal? MemoryOf(decimal number, string unit) => unit switch
    {
        // The numbers of bytes begin far above those of MiB.
        "" => number >= LeastMemory * Mebibyte ? number / Mebibyte : number,
        "MB" or "MIB" => number,
        "GB" or "GIB" => number * 1024,
        _ => null,
    };

    private static decimal? StorageOf(decimal number, string unit) => unit switch
    {
        "" => number >= LeastStorage * Gibibyte ? number / Gibibyte : number,
        "GB" or "GIB" => number,
        _ => null,
    };

    [GeneratedRegex(@"^\s*(?<number>[0-9]{0,15}(\.[0-9]{1,6})?)\s*(?<unit>[A-Za-z]*)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
