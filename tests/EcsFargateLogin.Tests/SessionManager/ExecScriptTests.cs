using System.Diagnostics;
using System.Text;
using EcsFargateLogin.Commands;
using EcsFargateLogin.SessionManager;
using EcsFargateLogin.Shells;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.SessionManager;

/// <summary>The scripts of ECS Exec, run by the shells of this machine in a terminal of their own, as the agent runs them.</summary>
public sealed class ExecScriptTests
{
    private static readonly byte[] EveryByte = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];

    /// <summary>The shells that /bin/sh is in images, each with and without stty.</summary>
    public static TheoryData<string, bool> Shells
    {
        get
        {
            TheoryData<string, bool> shells = [];
            foreach (var shell in (string[])["dash", "bash --posix", "busybox sh"])
            {
                if (File.Exists($"/bin/{shell.Split(' ')[0]}"))
                {
                    shells.Add(shell, true);
                    shells.Add(shell, false);
                }
            }

            return shells;
        }
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Input_and_output_are_the_same_bytes_and_standard_error_and_the_exit_code_are_told_apart(string shell, bool hasStty)
    {
        var script = ExecScript.WithPipes(
            "cat; echo one >&2; printf 'two\\n%03000d' 0 >&2; [ -t 0 ] || [ -t 1 ] || [ -t 2 ] || printf 'a\\nb'; exit 7");

        var seen = await RunAsync(shell, hasStty, script, [.. EveryByte, .. "\n.\n"u8, .. EveryByte]);

        Assert.Equal(7, seen.ExitCode);
        Assert.Equal((byte[])[.. EveryByte, .. "\n.\n"u8, .. EveryByte, .. "a\nb"u8], seen.Output);
        Assert.Equal($"one\ntwo\n{new string('0', 3000)}\n", Encoding.UTF8.GetString(seen.Errors));
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Much_input_is_decoded_in_blocks_where_the_image_can_do_that(string shell, bool hasStty)
    {
        byte[] input = [.. Enumerable.Repeat(EveryByte, 100).SelectMany(bytes => bytes), .. ".\n."u8];

        var whole = await RunAsync(shell, hasStty, ExecScript.WithPipes("cat; exit 7", takesMuchInput: true), input);
        var early = await RunAsync(shell, hasStty, ExecScript.WithPipes("exec 0<&-; exit 3", takesMuchInput: true), input);

        Assert.Equal((7, hasStty), (whole.ExitCode, whole.ReadsBase64));
        Assert.Equal(input, whole.Output);
        Assert.Equal(3, early.ExitCode);
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task A_program_finds_the_nonce_in_nothing_that_it_has(string shell, bool hasStty)
    {
        var script = ExecScript.WithPipes(
            "env; cat /proc/$PPID/environ /proc/$PPID/cmdline /proc/$$/environ /proc/$$/cmdline | tr '\\0' '\\n'; set");

        var seen = await RunAsync(shell, hasStty, script, []);

        var output = Encoding.UTF8.GetString(seen.Output);
        Assert.Equal(0, seen.ExitCode);
        Assert.Contains("_efl", output, StringComparison.Ordinal);
        Assert.DoesNotContain(Encoding.ASCII.GetString(script.Marker, 9, 16), output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task In_a_terminal_the_command_has_it_as_it_was(string shell, bool hasStty)
    {
        var script = ExecScript.WithTerminal("[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo terminal; exit 3", size: null);

        var seen = await RunAsync(shell, hasStty, script, input: null);

        Assert.Equal(("terminal\r\n", 3), (Encoding.UTF8.GetString(seen.Output), seen.ExitCode));
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task A_signals_end_is_told_as_shells_tell_it(string shell, bool hasStty)
    {
        var seen = await RunAsync(shell, hasStty, ExecScript.WithPipes("kill -9 $(sh -c 'echo $PPID')"), []);

        Assert.Equal(128 + 9, seen.ExitCode);
    }

    [Fact]
    public void Every_script_fits_in_a_line_of_a_terminal()
    {
        Assert.All(
            (ExecScript[])
            [
                EcsExecShell.ScriptOf(isResumable: true, new TerminalSize(80, 24)),
                EcsExecShell.ScriptOf(isResumable: true, size: null),
                ExecScript.WithPipes(RemoteCommand.OfLine(new string('x', 100_000), ["y"], mergesErrors: true).LineForEcsExec),
            ],
            script => Assert.InRange(script.FirstLine.Length, 1, ExecScript.LongestLine));
    }

    [Fact]
    public void A_marker_is_found_wherever_the_messages_are_cut_and_no_part_of_it_is_passed_on()
    {
        var script = ExecScript.WithPipes("true");
        byte[] all = [.. "echo of the script"u8, .. script.Marker, (byte)'r', .. script.Marker, (byte)'b', .. "out 1\u0001put"u8,
            .. script.Marker, .. "ewrong\n"u8, .. script.Marker[..9], .. "more"u8, .. script.Marker, .. "x42;rest"u8];

        for (var cut = 0; cut <= all.Length; cut++)
        {
            Seen seen = new(script);
            seen.Add(all.AsSpan(0, cut));
            seen.Add(all.AsSpan(cut));
            Assert.Equal((byte[])[.. "out 1\u0001put"u8, .. script.Marker[..9], .. "more"u8], seen.Output);
            Assert.Equal("wrong\n"u8.ToArray(), seen.Errors);
            Assert.Equal(42, seen.ExitCode);
        }
    }

    [Fact]
    public void What_a_program_prints_that_looks_like_a_marker_is_output()
    {
        var script = ExecScript.WithTerminal("true", size: null);
        Seen seen = new(script);
        seen.Add([.. script.Marker, (byte)'b']);
        var forged = $"\u0001{new string('0', 32)}x0;";

        seen.Add(Encoding.ASCII.GetBytes(forged));

        Assert.Null(seen.ExitCode);
        Assert.Equal(forged, Encoding.ASCII.GetString(seen.Output));
    }

    /// <summary>Runs a script as the agent does: the line that ECS Exec gets, in a terminal, and the script when it has written.</summary>
    private static async Task<Seen> RunAsync(string shell, bool hasStty, ExecScript script, byte[]? input)
    {
        using TemporaryFolder tools = new();
        var words = ExecScript.Bootstrap.Replace("/bin/sh", $"/bin/{shell}", StringComparison.Ordinal);
        ProcessStartInfo start = new("script", ["--quiet", "--flush", "--return", "--command", $"exec {words}", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (!hasStty)
        {
            foreach (var tool in (string[])["cat", "sh", "env", "tr"])
            {
                File.CreateSymbolicLink(Path.Combine(tools.Path, tool), $"/bin/{tool}");
            }

            start.FileName = "/usr/bin/script";
            start.Environment["PATH"] = tools.Path;
        }

        start.Environment["SHELL"] = "/bin/sh";
        using var process = Process.Start(start)!;
        Seen seen = new(script);
        var terminal = process.StandardInput.BaseStream;
        var buffer = new byte[777];
        var (isSent, isInputSent) = (false, input is null);
        var sending = Task.CompletedTask;
        int count;
        while (seen.ExitCode is null && (count = await process.StandardOutput.BaseStream.ReadAsync(buffer)
            .AsTask().WaitAsync(Eventually.Limit)) > 0)
        {
            if (!isSent)
            {
                isSent = true;
                await terminal.WriteAsync(script.FirstLine);
                await terminal.FlushAsync();
            }

            seen.Add(buffer.AsSpan(0, count));
            if (seen.ReadsInput && !isInputSent)
            {
                isInputSent = true;
                // Apart, because what is not read meanwhile would block the terminal.
                sending = Task.Run(() => SendAsync(terminal, new ExecInput(seen.ReadsBase64), input!));
            }
        }

        process.Kill(entireProcessTree: true);
        await sending.WaitAsync(Eventually.Limit);
        await process.WaitForExitAsync();
        return seen;
    }

    private static async Task SendAsync(Stream terminal, ExecInput lines, byte[] input)
    {
        try
        {
            foreach (var piece in input.Chunk(101))
            {
                await terminal.WriteAsync(lines.Encode(piece));
            }

            await terminal.WriteAsync(lines.Finish());
            await terminal.FlushAsync();
        }
        catch (IOException)
        {
            // The program has ended without reading all of it.
        }
    }

    private sealed class Seen
    {
        private readonly List<byte> _output = [];
        private readonly List<byte> _errors = [];
        private readonly ExecOutput _parts;

        public Seen(ExecScript script) =>
            _parts = new ExecOutput(script, bytes => _output.AddRange(bytes.Span), bytes => _errors.AddRange(bytes.Span));

        public byte[] Output => [.. _output];

        public byte[] Errors => [.. _errors];

        public int? ExitCode => _parts.ExitCode;

        public bool ReadsInput => _parts.ReadsInput;

        public bool ReadsBase64 => _parts.ReadsBase64;

        public void Add(ReadOnlySpan<byte> bytes) => _parts.Add(bytes);
    }
}
