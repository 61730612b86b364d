using EcsFargateLogin.EndToEnd.Engine;

namespace EcsFargateLogin.EndToEnd.Chaos;

/// <summary>Each invariant can fail: what violates it is found where it is planted, and nothing where nothing is.</summary>
public sealed class InvariantTests
{
    /// <summary>A session in the journal and one in another.</summary>
    private const string Sessions =
        """
        $null = New-FargateSession -Route Public -Wait
        $env:XDG_STATE_HOME = "$env:XDG_STATE_HOME/elsewhere"
        $null = New-FargateSession -Route Public
        """;

    private const string Planted =
        """
        Set-Content "$env:XDG_STATE_HOME/planted.tmp" planted
        $global:held = [IO.File]::OpenRead("$env:XDG_STATE_HOME/planted.tmp")
        $global:listener = [Net.Sockets.TcpListener]::new('127.0.0.1', 0)
        $global:listener.Start()
        $global:left = Start-Process sleep 300 -PassThru
        "$env:AWS_SECRET_ACCESS_KEY"
        [Console]::Out.Write([char]7)
        Write-Error 'planted' -ErrorId NoneOfTheTable
        """;

    [RootFact]
    public async Task What_violates_an_invariant_is_found()
    {
        await using var lane = await Lane.OpenAsync();
        await using var world = await World.OpenAsync(lane);
        await world.RunAsync(0, Sessions);
        await (await world.ShellAsync(0)).Process.KillAsync();
        await world.RunAsync(1, Planted);
        await world.RunAsync(1, "'code 0'", Uses.Command);
        world.Fargate.AddIngressRule(world.Fargate.SecurityGroups[0], "198.51.100.9/32", world.Fargate.SshPort, "EcsFargateLogin fl-planted00000");
        // What cannot be written cannot be deleted, and that is said.
        Assert.True(await lane.TryForbidWritesAsync());

        // These two have no violation that could be planted in a world.
        var evidence = await world.CloseAsync() with
        {
            NotStopped = ["left fl-planted00000 RUNNING"],
            Copies = [new CopiedFile(world.SentPath, "half"u8.ToArray())],
        };

        await lane.MendDiskAsync();
        Assert.All(Invariants.All, invariant => Assert.True(invariant.Find(evidence).Any(), $"'{invariant.Name}' cannot fail."));
        Assert.All(
            (string[])[" runs: ", " holds ", " listens on port "],
            word => Assert.Contains(evidence.Holders, holder => holder.Contains(word, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Where_nothing_is_wrong_nothing_is_found()
    {
        await using var lane = await Lane.OpenAsync();
        await using var world = await World.OpenAsync(lane);
        await world.RunAsync(0, "$global:session = New-FargateSession -Route Public -Wait");
        foreach (var use in Uses.All)
        {
            await world.RunAsync(0, use.Script, use);
        }

        var evidence = await world.CloseAsync();

        Assert.Empty(Invariants.Violations(evidence));
        Assert.Equal(Uses.All.Count, evidence.Uses.Count(end => end is { Output: not null, HasFailed: false }));
        Assert.Single(evidence.Listed);
        Assert.Single(evidence.Copies, copy => File.Exists(copy.Path));
        Assert.NotEmpty(evidence.Secrets);
        UseEnd nothing = new(Uses.Tunnel, "no tunnel\n", HasFailed: false);
        Assert.Single(Invariants.Violations(evidence with { Uses = [nothing] }));
        Assert.Empty(Invariants.Violations(evidence with { Uses = [nothing with { HasShellEnded = true }] }));
    }

    [Fact]
    public void A_seed_is_one_schedule_and_what_is_shorter_has_less_in_it()
    {
        var schedule = Schedule.Of(7);

        Assert.Equal($"{schedule}", $"{Schedule.Of(7)}");
        Assert.NotEqual($"{schedule}", $"{Schedule.Of(8)}");
        Assert.NotEmpty(schedule.Shrink());
        Assert.All(schedule.Shrink(), shorter => Assert.True(Weight(shorter) < Weight(schedule)));
    }

    private static int Weight(Schedule schedule) =>
        schedule.Steps.Sum(step => 10 + step.User + (step.Overlaps ? 1 : 0) + (step.Trouble is null ? 0 : 1));
}
