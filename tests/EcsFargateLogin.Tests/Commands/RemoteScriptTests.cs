using EcsFargateLogin.Commands;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Commands;

/// <summary>Scripts, as a shell in a container runs them.</summary>
public sealed class RemoteScriptTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("#!/bin/bash -eu\nfalse\necho went on\n", 1, "")]
    [InlineData("#!/bin/sh -eu\necho $nothing\necho went on\n", null, "")]
    [InlineData("#!/bin/bash -x\necho hi\n", 0, "hi\n")]
    [InlineData("#!/usr/bin/env -S bash -e\necho ${BASH_VERSION:+bash}\nfalse\necho went on\n", 1, "bash\n")]
    [InlineData("#!/usr/bin/env -S -i V=1 bash\necho $V ${HOME-none}\n", 0, "1 none\n")]
    [InlineData("#!/usr/bin/perl -l\nprint 'p', '-', $ARGV[0]\n", 0, "p-a b\n")]
    [InlineData("#!/no/such/place/bash\r\necho ${BASH_VERSION:+bash}\r\nif true; then\r\necho done\r\nfi", 0, "bash\ndone\n")]
    [InlineData("\uFEFF#!/bin/bash\r\necho ${BASH_VERSION:+bash} \"$@\"\r\n", 0, "bash a b --x it's\n")]
    [InlineData("printf '<%s>' \"$@\"; exit 3", 3, "<a b><--x><it's>")]
    [InlineData("#!/bin/bash -\necho dash\n", 0, "dash\n")]
    public async Task A_script_runs_as_its_file_would(string script, int? exitCode, string output)
    {
        var command = RemoteCommand.OfScript(_folder.Write("script", script), ["a b", "--x", "it's"], mergesErrors: false);

        var run = await RunningProgram.RunWithInputAsync("/bin/sh", ["-c", command.Line], command.Input.ToArray());

        Assert.Equal(output, run.Output);
        Assert.True(exitCode is null ? run.ExitCode != 0 : run.ExitCode == exitCode, $"{run.ExitCode} {run.Errors}");
    }

    [Theory]
    [InlineData("sh")]
    [InlineData("bash")]
    public async Task What_a_script_starts_does_not_read_the_rest_of_it(string shell)
    {
        var filler = string.Concat(Enumerable.Repeat("# more than a shell reads at once\n", 10_000));
        var script = _folder.Write("script", $"#!/bin/{shell}\ncat\necho before\n{filler}cat >/dev/null\necho after\n");
        var command = RemoteCommand.OfScript(script, [], mergesErrors: false);

        var run = await RunningProgram.RunWithInputAsync("/bin/sh", ["-c", command.Line], command.Input.ToArray());

        Assert.Equal((0, "before\nafter\n"), (run.ExitCode, run.Output));
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_the_error()
    {
        var command = RemoteCommand.OfScript(_folder.Write("script", "#!/opt/no-such-shell -e\necho hi\n"), [], mergesErrors: true);

        var run = await RunningProgram.RunWithInputAsync("/bin/sh", ["-c", command.Line], command.Input.ToArray());

        Assert.Equal(127, run.ExitCode);
        Assert.Contains("no-such-shell", run.Output, StringComparison.Ordinal);
    }
}
