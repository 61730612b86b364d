using System.Globalization;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Completion;

/// <summary>Completes the CPU units of Fargate's table.</summary>
internal sealed class CpuCompleter : Completer
{
    private protected override IEnumerable<Candidate> Candidates(TypedWord word, TypedCommand command) =>
        FargateSizes.CpuUnits.Select(units => new Candidate(units.ToString(CultureInfo.InvariantCulture))
        {
            Description = $"{TaskSize.TextOfCpu(units)}, with {FargateSizes.DescribeMemory(units)}",
        });
}

/// <summary>Completes the memory that goes with -Cpu in Fargate's table; without -Cpu, that of the whole table.</summary>
internal sealed class MemoryCompleter : Completer
{
    private protected override IEnumerable<Candidate> Candidates(TypedWord word, TypedCommand command)
    {
        IEnumerable<int> sizes = command.Cpu() is { } cpu
            ? FargateSizes.MemoryFor(cpu)
            : FargateSizes.CpuUnits.SelectMany(FargateSizes.MemoryFor).Distinct().Order();
        return sizes.Select(size => new Candidate(size.ToString(CultureInfo.InvariantCulture))
        {
            Description = $"{TaskSize.TextOfMemory(size)}, with {string.Join(", ", CpusWith(size))}",
        });
    }

    private static IEnumerable<string> CpusWith(int memory) =>
        FargateSizes.CpuUnits.Where(cpu => FargateSizes.Has(cpu, memory)).Select(TaskSize.TextOfCpu);
}

/// <summary>Completes round sizes of ephemeral storage, from the smallest to the largest.</summary>
internal sealed class EphemeralStorageCompleter : Completer
{
    private static readonly string[] Sizes = ["21", "30", "50", "100", "150", "200"];

    private protected override IEnumerable<Candidate> Candidates(TypedWord word, TypedCommand command) =>
        Sizes.Select(size => new Candidate(size) { Description = $"{size} GiB" });
}
