using System.Diagnostics;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Engine;

public sealed class EngineProcessTests : IDisposable
{
    private const string Colour = "\u001b\\[[0-9;]*m";
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Arguments_bind_to_the_parameters_of_a_script()
    {
        var script = _folder.Write("bind.ps1",
            """
            param([string]$Name, [int]$Count, [switch]$On, [switch]$Off, [Parameter(ValueFromRemainingArguments)]$Rest)
            "$Name/$($Count + 1)/$On/$Off/$($Rest -join '+')"
            """);

        var run = await EngineProcess.RunAsync(
            EngineProcess.Script(script, "-Name", "it's \"$HOME\"", "-Count:41", "-On", "-Off:$false", "x y", "z"));

        Assert.Equal("", run.Error);
        Assert.Equal("it's \"$HOME\"/42/True/False/x y+z\n", run.Output);
    }

    [Theory]
    [InlineData("exit 7", 7)]
    [InlineData("'fine'", 0)]
    [InlineData("throw 'bad'", 1)]
    [InlineData("Write-Error 'goes on'; 'fine'", 0)]
    [InlineData("sh -c 'exit 5'; 'fine'", 0)]
    [InlineData("sh -c 'exit 5'; exit $LASTEXITCODE", 5)]
    public async Task A_script_ends_with_its_exit_code(string text, int expected)
    {
        var run = await EngineProcess.RunAsync(EngineProcess.Script(_folder.Write("exit.ps1", text)));

        Assert.Equal(expected, run.ExitCode);
        Assert.Equal(text.Contains("fine", StringComparison.Ordinal) ? "fine\n" : "", run.Output);
    }

    [Fact]
    public async Task A_command_ends_as_its_last_statement_did()
    {
        var failed = await EngineProcess.RunAsync(EngineProcess.Command("'fine'; Get-Item /no/such/file"));
        var succeeded = await EngineProcess.RunAsync(EngineProcess.Command("Get-Item /no/such/file; 'fine'"));

        Assert.Equal(1, failed.ExitCode);
        Assert.Equal(0, succeeded.ExitCode);
    }

    [Fact]
    public async Task Errors_go_to_standard_error_and_the_other_streams_are_marked()
    {
        var run = await EngineProcess.RunAsync(EngineProcess.Command(
            "Write-Error 'an error'; Write-Warning 'a warning'; Write-Verbose 'detail' -Verbose"));

        Assert.Contains("an error", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("an error", run.Output, StringComparison.Ordinal);
        Assert.Contains("WARNING: a warning", run.Output, StringComparison.Ordinal);
        Assert.Contains("VERBOSE: detail", run.Output, StringComparison.Ordinal);
        Assert.DoesNotMatch(Colour, run.Output + run.Error);
    }

    [Fact]
    public async Task A_child_inherits_what_a_prompt_left_of_standard_input()
    {
        var script = _folder.Write("input.ps1", "\"prompt: $(Read-Host)\"; cat");

        var run = await EngineProcess.RunAsync(EngineProcess.Script(script), "first\nsecond\nthird\n");

        Assert.Equal("prompt: first\nsecond\nthird\n", run.Output);
    }

    [Fact]
    public async Task A_missing_answer_is_an_error_and_no_endless_question()
    {
        var file = _folder.Write("kept", "");
        string[] command = ["-Command", $"Remove-Item '{file}' -Confirm"];

        var run = await EngineProcess.RunAsync(
            new("dotnet", [typeof(EngineProcess).Assembly.Location, .. command]), "?\n");

        Assert.Equal(1, run.ExitCode);
        Assert.True(File.Exists(file));
        Assert.Contains("standard input has ended", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_stops_the_pipeline_and_its_cleanup_runs_to_the_end()
    {
        var script = _folder.Write("stop.ps1",
            "try { 'started'; Start-Sleep 60 } " +
            "finally { Start-Sleep -Milliseconds 300; [Console]::Out.WriteLine('cleaned') }");
        var startInfo = EngineProcess.Script(script);
        startInfo.RedirectStandardOutput = true;
        using var process = Process.Start(startInfo)!;
        Assert.Equal("started", await ReadLineAsync(process));

        EngineProcess.Interrupt(process);
        EngineProcess.Interrupt(process);

        Assert.Equal("cleaned", await ReadLineAsync(process));
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.NotEqual(0, process.ExitCode);
    }

    [Fact]
    public async Task Ctrl_C_typed_in_a_terminal_stops_the_pipeline_while_a_child_has_the_terminal()
    {
        var script = _folder.Write("stop.ps1",
            "try { sh -c 'echo started; exec sleep 60'; 'went on' } finally { [Console]::Out.WriteLine('cleaned') }");
        var startInfo = EngineProcess.UnderTerminal(EngineProcess.Script(script));
        startInfo.RedirectStandardInput = startInfo.RedirectStandardOutput = true;
        using var process = Process.Start(startInfo)!;
        Assert.Equal("started", await ReadLineAsync(process));

        await process.StandardInput.WriteAsync('\u0003');
        await process.StandardInput.FlushAsync();

        var rest = await process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Contains("cleaned", rest, StringComparison.Ordinal);
        Assert.DoesNotContain("went on", rest, StringComparison.Ordinal);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task In_a_terminal_a_child_has_the_terminal_too_and_output_is_coloured()
    {
        var command = EngineProcess.Command("sh -c 'test -t 0 && test -t 1 && echo terminal'; Write-Warning 'x'");

        var run = await EngineProcess.RunAsync(EngineProcess.UnderTerminal(command));

        Assert.Contains("terminal", run.Output, StringComparison.Ordinal);
        Assert.Matches(Colour, run.Output);

        command.Environment["NO_COLOR"] = "1";
        run = await EngineProcess.RunAsync(EngineProcess.UnderTerminal(command));
        Assert.DoesNotMatch(Colour, run.Output);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<string?> ReadLineAsync(Process process) =>
        await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));
}
