using EcsFargateLogin.Foundation;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Foundation;

/// <summary>Programs that are run to their end, whoever runs them.</summary>
public sealed class ChildProcessTests : IDisposable
{
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Its_output_is_returned_and_not_shown()
    {
        var result = await RunAsync("echo ' secret '; echo why >&2; exit 3", s_long);

        Assert.Equal((3, "secret", "why", "why secret"), (result!.ExitCode, result.Output, result.Errors, result.Text));
        Assert.DoesNotContain("secret", $"{result}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endless_output_ends_it()
    {
        var pid = _folder["pid"];

        var result = await RunAsync($"echo $$ >'{pid}'; exec yes", s_long);

        Assert.Equal((null, ChildProcess.LongestOutput), (result!.ExitCode, result.Output.Length));
        await RunningProgram.EndsAsync(pid);
    }

    [Fact]
    public async Task Endless_complaints_are_dropped_after_their_beginning()
    {
        var result = await RunAsync("head -c 1000000 /dev/zero | tr '\\0' x >&2; echo done", s_long);

        Assert.Equal((0, "done", ChildProcess.LongestOutput), (result!.ExitCode, result.Output, result.Errors.Length));
    }

    [Fact]
    public async Task At_its_limit_it_is_killed() =>
        Assert.Null(await RunAsync("exec sleep 600", TimeSpan.FromMilliseconds(200)));

    [Fact]
    public async Task One_that_cannot_be_started_is_the_error_of_its_caller()
    {
        FargateException said = new(FargateError.Unexpected, "it", "that");

        Assert.Same(said, await Assert.ThrowsAsync<FargateException>(() => ChildProcess.RunAsync(
            ChildProcess.WithPipes(_folder["none"], []), s_long, (_, _) => said, CancellationToken.None)));
    }

    private static Task<ProgramResult?> RunAsync(string script, TimeSpan limit) => ChildProcess.RunAsync(
        ChildProcess.WithPipes("/bin/sh", ["-c", script]), limit, (_, cause) => throw cause, CancellationToken.None);
}
