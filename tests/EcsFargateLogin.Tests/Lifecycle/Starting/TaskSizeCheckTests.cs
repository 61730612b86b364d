using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Lifecycle.Starting;

public sealed class TaskSizeCheckTests : LaunchTest
{
    public TaskSizeCheckTests() => Define(new() { Cpu = 256, Memory = 512 });

    [Fact]
    public async Task The_size_is_the_task_s_and_what_is_not_given_stays_the_task_definition_s()
    {
        await LaunchAsync(Request with { Size = new() { Cpu = 256, Memory = 2048, EphemeralStorage = 21 } });

        Assert.Equal(new TaskSize { Cpu = 256, Memory = 2048, EphemeralStorage = 21 }, RunTask().Size);
    }

    [Theory]
    [InlineData(1024, null, "-Cpu 1024 -Memory 2048")]
    [InlineData(null, 4096, "-Cpu 512 -Memory 4096")]
    [InlineData(512, 512, "-Cpu 512 -Memory 1024")]
    [InlineData(null, 700, "-Cpu 256 -Memory 512")]
    public async Task A_pair_that_Fargate_does_not_have_is_refused_before_RunTask_with_the_nearest_one(
        int? cpu, int? memory, string nearest)
    {
        var error = await FailAsync(
            FargateError.InvalidTaskSize, Request with { Size = new() { Cpu = cpu, Memory = memory } });

        Assert.Contains(nearest, error.NextStep, StringComparison.Ordinal);
        Assert.Equal("rails-cli", error.Target);
        Assert.Equal(cpu is null || memory is null, error.Message.Contains("from the task definition 'rails-cli'", StringComparison.Ordinal));
        AssertNothingStarted();
        AssertForgotten();
    }

    [Fact]
    public async Task Whatever_is_not_known_is_left_to_ECS()
    {
        Cloud.OnDescribeTaskDefinition = () => throw SampleTask.AccessDenied("ecs:DescribeTaskDefinition");

        await LaunchAsync(Request with { Size = new() { Cpu = 1024 } });

        await FailAsync(FargateError.InvalidTaskSize, Request with { Size = new() { Cpu = 1024, Memory = 512 } });
        Assert.Equal(1024, RunTask().Size.Cpu);
    }

    [Theory]
    [InlineData(0, 1024, null, "'cli'")]
    [InlineData(0, null, 1024, "'cli'")]
    [InlineData(300, null, null, "reserve 300 CPU units and 0 MiB together")]
    public async Task A_task_is_not_made_smaller_than_its_containers(int cpu, int? memory, int? reservation, string words)
    {
        Define(new() { Cpu = 1024, Memory = 2048 }, new ContainerSize("cli", cpu, memory, reservation));

        var error = await FailAsync(FargateError.InvalidTaskSize, Request with { Size = new() { Cpu = 256, Memory = 512 } });

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        AssertNothingStarted();
    }

    [Fact]
    public async Task Containers_that_fit_into_the_larger_task_are_no_obstacle()
    {
        Define(new() { Cpu = 256, Memory = 512 }, new ContainerSize("cli", 128, 512, null), new ContainerSize("log", 128, null, 64));

        await LaunchAsync(Request with { ContainerName = "cli", Size = new() { Cpu = 1024, Memory = 2048 } });

        Assert.Equal(2048, RunTask().Size.Memory);
    }

    [Theory]
    [InlineData(null, 50)]
    [InlineData(8192, null)]
    public async Task What_only_newer_platforms_have_is_refused_with_the_version(int? cpu, int? storage)
    {
        var request = Request with
        {
            PlatformVersion = "1.3.0",
            Size = new() { Cpu = cpu, Memory = cpu is null ? null : 16384, EphemeralStorage = storage },
        };

        var error = await FailAsync(FargateError.InvalidTaskSize, request);

        Assert.Contains("1.4.0", error.NextStep, StringComparison.Ordinal);
    }

    private void Define(TaskSize size, params ContainerSize[] containers) => Cloud.OnDescribeTaskDefinition = () =>
        SampleTask.Definition([.. containers.Select(container => container.Name).DefaultIfEmpty("cli")]) with
        {
            Size = new DefinitionSize(size, containers),
        };
}
