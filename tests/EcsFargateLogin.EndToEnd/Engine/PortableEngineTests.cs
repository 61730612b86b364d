using System.Diagnostics;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Engine;

/// <summary>How an engine is found, through the program itself with a PATH and a cache of the test's own.</summary>
public sealed class PortableEngineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Cache => Path.Combine(_folder.Path, "cache");

    [Fact]
    public async Task A_package_that_was_tampered_with_is_refused()
    {
        _folder.WriteProgram("bin/npm",
            "while [ $# -gt 0 ]; do [ \"$1\" = --pack-destination ] && d=$2; shift; done\n" +
            "echo other > \"$d/likecu-powershell-win10-7.6.2.tgz\"\n");

        var run = await EngineProcess.RunAsync(ShowEngine());

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("is not the one expected, and was not used", run.Error, StringComparison.Ordinal);
        AssertNothingWasMade();
    }

    [Fact]
    public async Task A_missing_npm_is_an_error_that_says_what_to_install()
    {
        _folder.Write("bin/README", "");

        var run = await EngineProcess.RunAsync(ShowEngine());

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("apt-get install npm", run.Error, StringComparison.Ordinal);
        AssertNothingWasMade();
    }

    [Fact]
    public async Task A_download_that_fails_is_an_error_with_what_npm_said()
    {
        _folder.WriteProgram("bin/npm", "echo 'no route to the registry' >&2; exit 3");

        var run = await EngineProcess.RunAsync(ShowEngine());

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("(exit code 3)", run.Error, StringComparison.Ordinal);
        Assert.Contains("no route to the registry", run.Error, StringComparison.Ordinal);
        AssertNothingWasMade();
    }

    [Theory]
    [InlineData("engine.json", "{ \"Recipe\": 1, \"Integrity\": \"sha512-other\", \"Files\": { \"engine.json\": 1 } }")]
    [InlineData("engine.json", "not JSON")]
    [InlineData("System.Management.Automation.dll", "half")]
    public async Task A_folder_that_is_no_whole_engine_is_made_again(string file, string content)
    {
        _folder.WriteProgram("bin/npm", "exit 3");
        _folder.Write($"cache/EcsFargateLogin/powershell-7.6.2/{file}", content);

        var run = await EngineProcess.RunAsync(ShowEngine());

        Assert.Contains("making a portable engine", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Processes_that_want_an_engine_at_once_wait_for_each_other()
    {
        // A second npm at the same time would find the folder of the first, and fail to make its own.
        _folder.WriteProgram("bin/npm", $"/bin/mkdir '{_folder.Path}/busy' || exit 4\n/bin/sleep 0.3\n" +
            $"/bin/rmdir '{_folder.Path}/busy'; exit 3");

        var runs = await Task.WhenAll(EngineProcess.RunAsync(ShowEngine()), EngineProcess.RunAsync(ShowEngine()));

        Assert.All(runs, run => Assert.Contains("(exit code 3)", run.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_an_error_that_names_it()
    {
        _folder.Write("cache", "a file where the folder should be");

        var run = await EngineProcess.RunAsync(ShowEngine());

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"could not be made in {Cache}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pwsh_on_PATH_is_taken_before_the_portable_engine()
    {
        var engine = PowerShellEngine.Find();
        _folder.WriteProgram("bin/pwsh", $"echo '{engine.Home}'\necho 7.4.1\n");

        var run = await EngineProcess.RunAsync(ShowEngine());

        Assert.Equal($"PowerShell 7.4.1 in {engine.Home}, started by {_folder.Path}/bin/pwsh\n", run.Output);
    }

    [Fact]
    public async Task A_pwsh_that_is_too_old_is_passed_over()
    {
        _folder.WriteProgram("bin/pwsh", $"echo '{PowerShellEngine.Find().Home}'\necho 7.3.12\n");

        var run = await EngineProcess.RunAsync(ShowEngine());

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("There is no PowerShell 7.4 or later on PATH", run.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private ProcessStartInfo ShowEngine() => new("dotnet", [typeof(EngineProcess).Assembly.Location, "-Engine"])
    {
        Environment = { ["PATH"] = Path.Combine(_folder.Path, "bin"), ["XDG_CACHE_HOME"] = Cache },
    };

    private void AssertNothingWasMade() =>
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(Cache, "EcsFargateLogin")));
}
