using System.Diagnostics;
using System.Management.Automation;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Engine;

public class EngineRunspaceTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void A_script_runs_on_PowerShell_7_4_or_later_and_returns_objects()
    {
        using var session = EngineRunspace.Open();

        var run = session.Invoke("param($a, $b) $PSVersionTable.PSVersion -ge [version]'7.4'; $a + $b", 40, 2);

        Assert.Null(run.TerminatingError);
        Assert.Equal(true, run.Output[0].BaseObject);
        Assert.Equal(42, run.Output[1].BaseObject);
    }

    [Fact]
    public void Every_stream_is_captured()
    {
        using var session = EngineRunspace.Open();

        var run = session.Invoke(
            """
            $VerbosePreference = $DebugPreference = 'Continue'
            Write-Error 'an error'; Write-Warning 'a warning'; Write-Verbose 'some detail'; Write-Debug 'more detail'
            Write-Progress -Activity 'work' -Status 'half'; Write-Information 'a note'
            """);

        Assert.Equal("an error", Assert.Single(run.Errors).Exception.Message);
        Assert.Equal("a warning", Assert.Single(run.Warnings));
        Assert.Equal("some detail", Assert.Single(run.Verbose));
        Assert.Equal("more detail", Assert.Single(run.Debug));
        Assert.Equal("half", Assert.Single(run.Progress).StatusDescription);
        Assert.Equal("a note", Assert.Single(run.Information).MessageData.ToString());
        Assert.Empty(run.Output);
    }

    [Fact]
    public void An_error_that_ends_the_script_is_returned_with_its_id()
    {
        using var session = EngineRunspace.Open();

        var run = session.Invoke("Get-Item /no/such/file -ErrorAction Stop; 'not reached'");

        Assert.StartsWith("PathNotFound", run.TerminatingError!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.ObjectNotFound, run.TerminatingError.CategoryInfo.Category);
        Assert.Empty(run.Output);
    }

    [Fact]
    public void Stopping_a_script_runs_its_cleanup_and_leaves_the_session_usable()
    {
        using var session = EngineRunspace.Open();
        var run = session.Start("try { 'started'; Start-Sleep 60 } finally { $global:cleaned = $true }");
        Assert.True(SpinWait.SpinUntil(() => run.Output.Count == 1, s_limit));

        var clock = Stopwatch.StartNew();
        run.Stop(s_limit);

        Assert.True(run.WasStopped);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), "The sleep was not cut short.");
        Assert.Equal(true, session.GetVariable("cleaned"));
        Assert.Equal(3, Assert.Single(session.Invoke("1 + 2").Output).BaseObject);
    }

    [Fact]
    public void Variables_and_modules_reach_the_session_and_no_other()
    {
        using var folder = new TemporaryFolder();
        var module = folder.Write("Sample/Sample.psm1", "function Get-Sample { \"sample of $sampleOwner\" }");
        using var session = EngineRunspace.Open();
        using var other = EngineRunspace.Open();

        session.SetVariable("sampleOwner", "mine");
        session.ImportModule(module);

        Assert.Equal("sample of mine", Assert.Single(session.Invoke("Get-Sample").Output).BaseObject);
        var unknown = Assert.Single(other.Invoke("Get-Sample").Errors);
        Assert.Equal("CommandNotFoundException", unknown.FullyQualifiedErrorId);
        var error = Assert.Throws<InvalidOperationException>(() => other.ImportModule("/no/such/module.psd1"));
        Assert.Contains("/no/such/module.psd1", error.Message, StringComparison.Ordinal);
    }
}
