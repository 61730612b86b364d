using System.Diagnostics;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Engine;
using LocalFargate.Faults;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Listing;

/// <summary>The owner of a session is found by locks: in every process, in every PID namespace and on every host alike.</summary>
public sealed class OwnershipTests
{
    private const string List =
        """
        Get-FargateSession -Mine | ForEach-Object { "$($_.Owner)" }
        "orphaned $(@(Get-FargateSession -Mine -Orphaned).Count) $(@(Get-FargateSession -Orphaned -Cluster local).Count)"
        """;

    private const string Use =
        """
        Invoke-FargateCommand 'echo used' -Session (Get-FargateSession -Mine) -KeepSession
        Start-Sleep 120
        """;

    private const string StartAndIdle = "New-FargateSession -Wait | ForEach-Object { \"up-$_ $($_.Owner)\" }; Start-Sleep 120";

    [Fact]
    public async Task Every_PowerShell_that_uses_a_session_owns_it_until_the_last_of_them_is_gone()
    {
        await using var me = await Operator.StartAsync();
        await using var first = TerminalRun.WithPipes(me.Process(StartAndIdle));
        await first.ShowsAsync("ThisProcess");
        Assert.Equal("OtherProcess\norphaned 0 0\n", (await me.RunApartAsync(List)).Output);

        await using var second = TerminalRun.WithPipes(me.Process(Use));
        await second.ShowsAsync("used");
        await second.KillAsync();
        Assert.Equal("OtherProcess\norphaned 0 0\n", (await me.RunApartAsync(List)).Output);

        await using var third = TerminalRun.WithPipes(me.Process(
            "Get-FargateSession -Mine | Wait-FargateSession | ForEach-Object { 'used' }; Start-Sleep 120"));
        await third.ShowsAsync("used");
        await first.KillAsync();
        Assert.Equal("OtherProcess\norphaned 0 0\n", (await me.RunApartAsync(List)).Output);

        await third.KillAsync();
        Assert.Equal("Orphaned\norphaned 1 1\n", (await me.RunApartAsync(List)).Output);
        await StopAllAsync(me);
    }

    [RootFact]
    public async Task Another_host_that_shares_the_journal_sees_who_owns_a_session_and_is_seen()
    {
        await using var me = await Operator.StartAsync();
        await using var here = TerminalRun.WithPipes(me.Process(StartAndIdle));
        await here.ShowsAsync("ThisProcess");
        await using var elsewhere = StandingPowerShell.Start(start => Elsewhere(me, start));
        Assert.Equal("OtherProcess\norphaned 0 0\n", (await elsewhere.RunAsync(SeenElsewhere(me, List))).Output);

        await using var there = TerminalRun.WithPipes(Elsewhere(me, SeenElsewhere(me, Use)));
        await there.ShowsAsync("used");
        await here.KillAsync();
        Assert.Equal("OtherProcess\norphaned 0 0\n", (await me.RunApartAsync(List)).Output);

        await there.KillAsync();
        await Eventually.BecomesAsync(
            () => !HasOwner(me), () => there.Errors);
        Assert.Equal("Orphaned\norphaned 1 1\n", (await elsewhere.RunAsync(SeenElsewhere(me, List))).Output);
        await StopAllAsync(me);
    }

    [RootFact]
    public async Task The_folder_of_a_session_that_is_being_started_is_not_swept_from_another_host()
    {
        await using var me = await Operator.StartAsync();
        // Here before the start waits, because ssh-keygen has 20 s.
        await using var elsewhere = StandingPowerShell.Start(start => Elsewhere(me, start));
        Assert.Equal("orphaned 0 0\n", (await elsewhere.RunAsync(SeenElsewhere(me, List))).Output);
        me.Fargate.Faults.Add(new DelayedReply { Operation = "DescribeTaskDefinition", Delay = TimeSpan.FromSeconds(1) });
        var bin = Directory.CreateDirectory(Path.Combine(me.StateHome, "bin")).FullName;
        var keygen = Path.Combine(bin, "ssh-keygen");
        var go = Path.Combine(me.StateHome, "go");
        ProgramFile.Write(
            keygen, $"PATH=${{PATH#*:}}\nssh-keygen \"$@\" || exit\nuntil [ -e '{go}' ] || [ ! -e \"$0\" ]; do sleep 0.05; done");
        var start = me.Process("New-FargateSession | ForEach-Object { \"up-$_\" }; Start-Sleep 120");
        start.Environment["PATH"] = $"{bin}:{Environment.GetEnvironmentVariable("PATH")}";
        await using var starting = TerminalRun.WithPipes(start);
        await Eventually.BecomesAsync(
            () => me.SessionFiles().Any(file => file.EndsWith("/id_ed25519", StringComparison.Ordinal)), () => starting.Errors);

        Assert.Equal("orphaned 0 0\n", (await elsewhere.RunAsync(SeenElsewhere(me, List))).Output);
        await File.WriteAllTextAsync(go, "");

        await starting.ShowsAsync("up-");
        await starting.KillAsync();
        await StopAllAsync(me);
    }

    [Fact]
    public async Task A_session_that_is_started_again_for_want_of_capacity_is_not_deleted_by_a_listing()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new TaskStopsEarly { StoppedReason = "Capacity is unavailable at this time.", Times = 1 });
        await using var starting = TerminalRun.WithPipes(me.Process(
            """
            $session = New-FargateSession
            "started $session"
            $null = [Console]::ReadLine()
            $session | Wait-FargateSession | ForEach-Object { "up-$_ $(Test-Path $_.KeyPath)" }
            """));
        await starting.ShowsAsync("started");
        await Eventually.BecomesAsync(
            () => me.Fargate.Tasks[0].Phase == LocalFargate.Tasks.TaskPhase.Stopped, () => me.Fargate.Tasks[0].ToString());

        var list = await me.RunApartAsync("Get-FargateSession -Mine | ForEach-Object { \"$($_.Owner) $($_.Status)\" }");
        await starting.TypeAsync("\n");

        Assert.Equal("OtherProcess STOPPED\n", list.Output);
        await starting.ShowsAsync("True");
        await starting.EndAsync();
        Assert.Equal(2, me.Fargate.Tasks.Count);
        Assert.Equal("Orphaned\norphaned 1 1\n", (await me.RunApartAsync(List)).Output);
        await me.RunApartAsync("Get-FargateSession -Mine | Stop-FargateSession");
        Assert.Empty(me.SessionFiles());
    }

    [Fact]
    public async Task What_the_journal_does_not_know_is_somebodys_and_never_orphaned()
    {
        await using var me = await Operator.StartAsync();
        // The journal of this process is not the one that others see.
        Assert.Empty(me.ErrorsOf("$session = New-FargateSession"));

        var run = await me.RunApartAsync(
            """
            Get-FargateSession -Cluster local | ForEach-Object { "$($_.Owner)" }
            @(Get-FargateSession -Cluster local -Orphaned).Count
            @(Get-FargateSession -Orphaned).Count
            """);

        Assert.Equal(("Elsewhere\n0\n0\n", ""), (run.Output, run.Error));
        Assert.Empty(me.Calls("StopTask"));
    }

    private static bool HasOwner(Operator me) => me.SessionFiles().Any(file =>
        Path.GetFileName(file).StartsWith("owner-", StringComparison.Ordinal) && IsLocked(file));

    private static bool IsLocked(string file)
    {
        using var flock = Process.Start("flock", ["--nonblock", "--shared", file, "true"]);
        flock.WaitForExit();
        return flock.ExitCode != 0;
    }

    /// <summary>A process on another host, where the folder that holds the journal has another name.</summary>
    private static ProcessStartInfo Elsewhere(Operator me, ProcessStartInfo start) =>
        OtherHost.Run(start, me.StateHome, Directory.CreateDirectory(MountPoint(me)).FullName);

    private static ProcessStartInfo SeenElsewhere(Operator me, string script)
    {
        var start = me.Process(script);
        start.Environment["XDG_STATE_HOME"] = MountPoint(me);
        return start;
    }

    private static string MountPoint(Operator me) => Path.Combine(me.StateHome, "nfs");

    private static async Task StopAllAsync(Operator me)
    {
        Assert.Equal(new ProcessResult(0, "", ""), await me.RunApartAsync("Get-FargateSession -Mine -Orphaned | Stop-FargateSession"));
        await me.LeftNothingAsync();
    }
}
