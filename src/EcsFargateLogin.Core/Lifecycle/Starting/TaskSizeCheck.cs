using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Lifecycle.Starting;

/// <summary>
/// Checks the size that a user gives a task before RunTask does: against Fargate's table, and against what the task definition's
/// containers need. What cannot be known is left to ECS.
/// </summary>
internal static class TaskSizeCheck
{
    /// <summary>Throws where Fargate has no task of the requested size.</summary>
    /// <param name="request">The request.</param>
    /// <param name="definition">The sizes of its task definition; null where they are not known.</param>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidTaskSize"/>.</exception>
    public static void ThrowIfInvalid(SessionRequest request, DefinitionSize? definition)
    {
        if (!request.Size.IsGiven)
        {
            return;
        }

        var size = request.Size.Or(definition?.Task ?? TaskSize.None);
        CheckPair(request, size);
        CheckPlatform(request);
        foreach (var container in definition?.Containers ?? [])
        {
            if (size.Memory < container.Memory || size.Memory < container.MemoryReservation)
            {
                throw StartErrors.ContainerTooLarge(request.TaskDefinition, size, container);
            }
        }

        CheckSums(request, size, definition?.Containers ?? []);
    }

    private static void CheckPair(SessionRequest request, TaskSize size)
    {
        if ((request.Size.Cpu ?? request.Size.Memory) is not null
            && size is { Cpu: { } cpu, Memory: { } memory } && !FargateSizes.Has(cpu, memory))
        {
            throw StartErrors.NoSuchSize(request, cpu, memory);
        }
    }

    private static void CheckPlatform(SessionRequest request)
    {
        if (!FargatePlatform.IsNew(request.PlatformVersion)
            && (request.Size.EphemeralStorage is not null || request.Size.Cpu >= FargateSizes.FirstCpuOfNewPlatform))
        {
            throw StartErrors.SizeOfNewPlatform(request);
        }
    }

    private static void CheckSums(SessionRequest request, TaskSize size, IReadOnlyList<ContainerSize> containers)
    {
        var cpu = containers.Sum(container => container.Cpu);
        var memory = containers.Sum(container => container.ReservedMemory);
        if ((request.Size.Cpu is not null && size.Cpu < cpu) || (request.Size.Memory is not null && size.Memory < memory))
        {
            throw StartErrors.ContainersTooLarge(request.TaskDefinition, size, new TaskSize { Cpu = cpu, Memory = memory });
        }
    }
}

/// <summary>Knows what only newer platform versions of Fargate have: ECS Exec, storage of a chosen size, and large tasks.</summary>
internal static class FargatePlatform
{
    private static readonly Version First = new(1, 4, 0);

    /// <summary>Whether a version is 1.4.0 or later.</summary>
    /// <param name="version">The version, such as 1.4.0 or LATEST; null for the latest.</param>
    public static bool IsNew(string? version) => !Version.TryParse(version, out var number) || number >= First;
}
