using EcsFargateLogin.Foundation;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Foundation;

/// <summary>A command that comes on standard input, in the shells that containers have.</summary>
public sealed class HiddenCommandTests
{
    public static TheoryData<string> Shells { get; } = new(Paths("dash", "bash", "busybox").ToArray());

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task It_runs_as_typed_and_leaves_the_rest_of_the_input_to_the_command(string shell)
    {
        HiddenCommand hidden = new("""
            IFS= read -r first
            printf '<%s>\n' "$first" 'öÁ "$x" `y` \n % '
            cat
            exit 7
            """);

        var (exitCode, output, _) = await RunAsync(shell, hidden.Reader, [.. hidden.Header(), .. "one\ntwo\n\0three"u8]);

        Assert.Equal("<one>\n<öÁ \"$x\" `y` \\n % >\ntwo\n\0three", output);
        Assert.Equal(7, exitCode);
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Every_byte_of_it_arrives(string shell)
    {
        var characters = string.Concat(Enumerable.Range(1, 0x17F).Where(code => code != '\'').Select(code => (char)code));
        HiddenCommand hidden = new($"printf %s '{characters}'");

        var (_, output, _) = await RunAsync(shell, hidden.Reader, hidden.Header());

        Assert.Equal(characters, output);
        Assert.All(hidden.Header().SkipLast(1), value => Assert.InRange(value, (byte)' ', (byte)'~'));
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Input_is_never_run_in_place_of_a_command_that_is_gone(string shell)
    {
        HiddenCommand hidden = new("echo run");

        var eaten = await RunAsync(shell, hidden.Reader, "echo data\n"u8.ToArray());
        var half = await RunAsync(shell, hidden.Reader, hidden.Header()[..^1]);
        var nothing = await RunAsync(shell, hidden.Reader, []);

        Assert.All([eaten, half, nothing], run =>
        {
            Assert.Equal((HiddenCommand.NotReceived, ""), (run.ExitCode, run.Output));
            Assert.Contains("start-up file", run.Errors, StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Its_options_errors_and_variables_are_those_of_a_command_of_the_shell(string shell)
    {
        HiddenCommand hidden = new("set -eu; echo \"[${line-none}]\"; false; echo went on");

        var (exitCode, output, _) = await RunAsync(shell, hidden.Reader, hidden.Header());

        Assert.Equal((1, "[none]\n"), (exitCode, output));
    }

    [Fact]
    public void The_argument_of_ssh_holds_nothing_of_it_and_no_two_are_alike()
    {
        HiddenCommand one = new("echo s3cret"), other = new("echo s3cret");

        Assert.DoesNotContain("s3cret", one.Reader, StringComparison.Ordinal);
        Assert.NotEqual(one.Reader, other.Reader);
    }

    private static IEnumerable<string> Paths(params string[] names) => names
        .Select(name => Path.Combine("/usr/bin", name))
        .Where(File.Exists);

    private static Task<(int ExitCode, string Output, string Errors)> RunAsync(string shell, string command, byte[] input)
    {
        string[] applet = shell.EndsWith("busybox", StringComparison.Ordinal) ? ["sh"] : [];
        return RunningProgram.RunWithInputAsync(shell, [.. applet, "-c", command], input);
    }
}
