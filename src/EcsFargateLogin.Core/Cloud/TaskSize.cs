using System.Globalization;

namespace EcsFargateLogin.Cloud;

/// <summary>The size of a task. A value that is null is not known, or left to the task definition.</summary>
internal sealed record TaskSize
{
    /// <summary>The storage of a task without a size of its own, in GiB.</summary>
    public const int DefaultStorage = 20;

    /// <summary>No value at all.</summary>
    public static TaskSize None { get; } = new();

    /// <summary>CPU units, of which 1024 are one vCPU.</summary>
    public int? Cpu { get; init; }

    /// <summary>The memory in MiB.</summary>
    public int? Memory { get; init; }

    /// <summary>The ephemeral storage in GiB.</summary>
    public int? EphemeralStorage { get; init; }

    /// <summary>Whether there is any value.</summary>
    public bool IsGiven => this != None;

    /// <summary>Returns this size, completed with the values of another one.</summary>
    public TaskSize Or(TaskSize other) => new()
    {
        Cpu = Cpu ?? other.Cpu,
        Memory = Memory ?? other.Memory,
        EphemeralStorage = EphemeralStorage ?? other.EphemeralStorage,
    };

    /// <summary>The values, for people: "0.5 vCPU, 1 GB of memory, 50 GB of storage".</summary>
    public override string ToString() => string.Join(", ", new[]
    {
        Cpu is { } cpu ? TextOfCpu(cpu) : null,
        Memory is { } memory ? $"{TextOfMemory(memory)} of memory" : null,
        EphemeralStorage is { } storage ? string.Create(CultureInfo.InvariantCulture, $"{storage} GB of storage") : null,
    }.OfType<string>());

    /// <summary>CPU units in vCPUs: "0.25 vCPU".</summary>
    public static string TextOfCpu(int units) => string.Create(CultureInfo.InvariantCulture, $"{units / 1024m:0.##} vCPU");

    /// <summary>Memory in the unit in which AWS's tables have it: "512 MB", "4 GB".</summary>
    public static string TextOfMemory(int mebibytes) => mebibytes % 1024 == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{mebibytes / 1024} GB")
        : string.Create(CultureInfo.InvariantCulture, $"{mebibytes} MB");
}

/// <summary>The size that a task definition gives its tasks, and what it reserves in it for containers.</summary>
/// <param name="Task">The size of the task.</param>
/// <param name="Containers">Its containers.</param>
internal sealed record DefinitionSize(TaskSize Task, IReadOnlyList<ContainerSize> Containers);

/// <summary>The part of a task that a container has.</summary>
/// <param name="Name">The container's name.</param>
/// <param name="Cpu">The CPU units that are reserved for it; 0 for none.</param>
/// <param name="Memory">The limit of its memory in MiB; null for that of the task.</param>
/// <param name="MemoryReservation">The memory in MiB that is reserved for it; null for its limit, if it has one.</param>
internal sealed record ContainerSize(string Name, int Cpu, int? Memory, int? MemoryReservation)
{
    /// <summary>The memory in MiB that ECS subtracts from the task's.</summary>
    public int ReservedMemory => MemoryReservation ?? Memory ?? 0;
}

/// <summary>Fargate's table of sizes for Linux.</summary>
internal static class FargateSizes
{
    /// <summary>The smallest number of CPU units that only platform version 1.4.0 and later have.</summary>
    public const int FirstCpuOfNewPlatform = 8192;

    private static readonly SortedDictionary<int, int[]> MemoryByCpu = new()
    {
        [256] = [512, 1024, 2048],
        [512] = Steps(1024, 4096, 1024),
        [1024] = Steps(2048, 8192, 1024),
        [2048] = Steps(4096, 16384, 1024),
        [4096] = Steps(8192, 30720, 1024),
        [8192] = Steps(16384, 61440, 4096),
        [16384] = Steps(32768, 122880, 8192),
    };

    /// <summary>The numbers of CPU units that a task can have.</summary>
    public static IReadOnlyCollection<int> CpuUnits => MemoryByCpu.Keys;

    /// <summary>The memory in MiB that goes with a number of CPU units; empty where Fargate has no such number.</summary>
    public static IReadOnlyList<int> MemoryFor(int cpu) => MemoryByCpu.GetValueOrDefault(cpu, []);

    /// <summary>Whether Fargate has tasks of that size.</summary>
    public static bool Has(int cpu, int memory) => MemoryFor(cpu).Contains(memory);

    /// <summary>
    /// Returns the valid pair that is nearest by proportion, and of two equally near ones the larger. A value that the user has
    /// given alone is kept where some pair has it.
    /// </summary>
    /// <param name="cpu">The CPU units.</param>
    /// <param name="memory">The memory in MiB.</param>
    /// <param name="given">The values that the user has given.</param>
    public static (int Cpu, int Memory) NearestTo(int cpu, int memory, TaskSize given)
    {
        var pairs = MemoryByCpu.SelectMany(row => row.Value, (row, size) => (Cpu: row.Key, Memory: size)).ToList();
        var kept = pairs.Where(pair => given.Memory is null ? pair.Cpu == given.Cpu : given.Cpu is null && pair.Memory == memory)
            .ToList();
        return (kept.Count > 0 ? kept : pairs)
            .OrderBy(pair => Math.Round(Distance(pair.Cpu, cpu) + Distance(pair.Memory, memory), 6))
            .ThenByDescending(pair => pair.Memory)
            .First();
    }

    /// <summary>Describes the memory that goes with a number of CPU units: "1 to 4 GB in steps of 1 GB".</summary>
    public static string DescribeMemory(int cpu) => MemoryFor(cpu) switch
    {
        [512, ..] => "512 MB, 1 GB or 2 GB",
        [var least, var second, .., var most] => string.Create(
            CultureInfo.InvariantCulture, $"{least / 1024} to {most / 1024} GB in steps of {(second - least) / 1024} GB"),
        _ => "none",
    };

    private static double Distance(int one, int other) => Math.Abs(Math.Log2((double)one / other));

    private static int[] Steps(int from, int to, int step) => [.. Enumerable.Range(0, (to - from) / step + 1).Select(n => from + n * step)];
}
