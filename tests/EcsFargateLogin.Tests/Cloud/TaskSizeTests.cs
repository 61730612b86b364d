using System.Globalization;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Tests.Cloud;

public sealed class TaskSizeTests
{
    [Theory]
    [InlineData(TaskSizeValue.Cpu, "1", 1024)]
    [InlineData(TaskSizeValue.Cpu, "0.25", 256)]
    [InlineData(TaskSizeValue.Cpu, ".5", 512)]
    [InlineData(TaskSizeValue.Cpu, "16", 16384)]
    [InlineData(TaskSizeValue.Cpu, "256", 256)]
    [InlineData(TaskSizeValue.Cpu, "16384", 16384)]
    [InlineData(TaskSizeValue.Cpu, " 2 vCPU ", 2048)]
    [InlineData(TaskSizeValue.Memory, "512", 512)]
    [InlineData(TaskSizeValue.Memory, "4096", 4096)]
    [InlineData(TaskSizeValue.Memory, "122880", 122880)]
    [InlineData(TaskSizeValue.Memory, "4294967296", 4096)]
    [InlineData(TaskSizeValue.Memory, "536870912", 512)]
    [InlineData(TaskSizeValue.Memory, "4GB", 4096)]
    [InlineData(TaskSizeValue.Memory, "0.5 GB", 512)]
    [InlineData(TaskSizeValue.Memory, "2048 MiB", 2048)]
    [InlineData(TaskSizeValue.EphemeralStorage, "21", 21)]
    [InlineData(TaskSizeValue.EphemeralStorage, "200", 200)]
    [InlineData(TaskSizeValue.EphemeralStorage, "53687091200", 50)]
    [InlineData(TaskSizeValue.EphemeralStorage, "50GB", 50)]
    internal void A_size_is_a_number_in_the_unit_of_AWS_or_one_with_a_unit(TaskSizeValue value, string text, int expected) =>
        Assert.Equal(expected, TaskSizeRule.Of(value).Parse(text));

    [Theory]
    [InlineData(TaskSizeValue.Cpu, "3")]
    [InlineData(TaskSizeValue.Cpu, "0")]
    [InlineData(TaskSizeValue.Cpu, "-1")]
    [InlineData(TaskSizeValue.Cpu, "0.3")]
    [InlineData(TaskSizeValue.Cpu, "1000")]
    [InlineData(TaskSizeValue.Cpu, "1GB")]
    [InlineData(TaskSizeValue.Cpu, "0,5")]
    [InlineData(TaskSizeValue.Cpu, "1E+16")]
    [InlineData(TaskSizeValue.Cpu, "")]
    [InlineData(TaskSizeValue.Cpu, ".")]
    [InlineData(TaskSizeValue.Memory, "4")]
    [InlineData(TaskSizeValue.Memory, "511")]
    [InlineData(TaskSizeValue.Memory, "122881")]
    [InlineData(TaskSizeValue.Memory, "4000000000")]
    [InlineData(TaskSizeValue.Memory, "1TB")]
    [InlineData(TaskSizeValue.Memory, "512.5")]
    [InlineData(TaskSizeValue.Memory, "999999999999999999999999")]
    [InlineData(TaskSizeValue.EphemeralStorage, "20")]
    [InlineData(TaskSizeValue.EphemeralStorage, "201")]
    [InlineData(TaskSizeValue.EphemeralStorage, "50 MB")]
    internal void Any_other_text_is_none_and_the_message_says_what_is(TaskSizeValue value, string text)
    {
        var rule = TaskSizeRule.Of(value);

        Assert.Null(rule.Parse(text));
        Assert.Contains(rule.Expectation, rule.MessageFor(text), StringComparison.Ordinal);
    }

    /// <summary>The table of AWS's documentation, in its own words.</summary>
    [Theory]
    [InlineData(256, "512,1024,2048")]
    [InlineData(512, "1024,2048,3072,4096")]
    [InlineData(1024, "2048,3072,4096,5120,6144,7168,8192")]
    [InlineData(2048, "4096..16384 by 1024")]
    [InlineData(4096, "8192..30720 by 1024")]
    [InlineData(8192, "16384..61440 by 4096")]
    [InlineData(16384, "32768..122880 by 8192")]
    public void The_pairs_are_those_of_Fargate(int cpu, string memory)
    {
        var sizes = FargateSizes.MemoryFor(cpu);
        var written = memory.Contains("..", StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture, $"{sizes[0]}..{sizes[^1]} by {sizes[1] - sizes[0]}")
            : string.Join(',', sizes);

        Assert.Equal(memory, written);
        Assert.All(sizes.Zip(sizes.Skip(1)), pair => Assert.True(pair.First < pair.Second));
        Assert.All(sizes, size => Assert.True(FargateSizes.Has(cpu, size)));
        Assert.False(FargateSizes.Has(cpu, sizes[^1] + 1024));
    }

    [Theory]
    [InlineData(512, 512, true, true, 512, 1024)]
    [InlineData(1024, 512, true, false, 1024, 2048)]
    [InlineData(256, 8192, false, true, 1024, 8192)]
    [InlineData(256, 5000, false, true, 512, 4096)]
    [InlineData(8192, 20000, true, false, 8192, 20480)]
    [InlineData(16384, 512, true, true, 16384, 32768)]
    [InlineData(256, 122880, false, true, 16384, 122880)]
    public void The_nearest_pair_keeps_what_was_given_alone(
        int cpu, int memory, bool givesCpu, bool givesMemory, int nearestCpu, int nearestMemory)
    {
        TaskSize given = new() { Cpu = givesCpu ? cpu : null, Memory = givesMemory ? memory : null };

        var nearest = FargateSizes.NearestTo(cpu, memory, given);

        Assert.Equal((nearestCpu, nearestMemory), nearest);
        Assert.True(FargateSizes.Has(nearest.Cpu, nearest.Memory));
    }

    [Fact]
    public void A_size_is_shown_in_the_units_of_AWS_s_table() => Assert.Equal(
        "0.25 vCPU, 512 MB of memory, 50 GB of storage",
        new TaskSize { Cpu = 256, Memory = 512, EphemeralStorage = 50 }.ToString());
}
