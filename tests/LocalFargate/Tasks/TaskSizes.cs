using System.Globalization;
using System.Text.Json.Nodes;
using LocalFargate.Protocol;

namespace LocalFargate.Tasks;

/// <summary>Fargate's table of sizes, and what ECS says of those that are not in it.</summary>
internal static class TaskSizes
{
    private const int MinStorage = 21;
    private const int MaxStorage = 200;

    /// <summary>CPU units; the least and the most memory in MiB, and the step between two sizes.</summary>
    private static readonly (int Cpu, int Least, int Most, int Step)[] Table =
    [
        (256, 512, 512, 512), (256, 1024, 2048, 1024), (512, 1024, 4096, 1024), (1024, 2048, 8192, 1024), (2048, 4096, 16384, 1024),
        (4096, 8192, 30720, 1024), (8192, 16384, 61440, 4096), (16384, 32768, 122880, 8192),
    ];

    /// <summary>Checks a task definition or the overrides of a task, as far as they are given.</summary>
    internal static void Check(string? cpu, string? memory, JsonNode? storage, IEnumerable<ContainerDefinition> containers)
    {
        if (cpu is not null && memory is not null)
        {
            var (units, size) = (Number(cpu, "cpu"), Number(memory, "memory"));
            if (!Table.Any(row => row.Cpu == units && size >= row.Least && size <= row.Most && (size - row.Least) % row.Step == 0))
            {
                throw new AwsException(
                    "ClientException",
                    $"No Fargate configuration exists for given values: {units} CPU, {size} memory. See the Amazon ECS documentation "
                    + "for the valid values.");
            }

            foreach (var container in containers)
            {
                CheckContainer(container.Name, "cpu", container.Cpu, units);
                CheckContainer(container.Name, "memory", container.Memory, size);
            }
        }

        if (storage is not null && (int?)storage["sizeInGiB"] is not (>= MinStorage and <= MaxStorage))
        {
            throw new AwsException(
                "ClientException", $"EphemeralStorage size should be between {MinStorage} and {MaxStorage} GiB.");
        }
    }

    private static void CheckContainer(string name, string setting, string? value, int most)
    {
        if (value is not null && Number(value, setting) > most)
        {
            throw new AwsException("ClientException", $"The '{setting}' setting for container '{name}' is greater than for the task.");
        }
    }

    private static int Number(string text, string setting) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new AwsException("ClientException", $"Invalid '{setting}' setting for task.");
}
