using EcsFargateLogin.EndToEnd.Cmdlets;

namespace EcsFargateLogin.EndToEnd.Commands;

/// <summary>Invoke-FargateCommand: input that comes while the command runs.</summary>
public sealed class CommandInputTests
{
    /// <summary>A script with endless output, which only a later command can end.</summary>
    private const string Endless = "& { for ($i = 1; ; $i++) { $i } }";

    [Fact]
    public async Task A_command_answers_while_its_input_is_still_being_written()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            $session = New-FargateSession -Wait
            $seen = [Collections.Generic.List[string]]::new()
            & { while ($seen.Count -lt 3) { 'öne'; Start-Sleep -Milliseconds 10 }; 'last' } |
                Invoke-FargateCommand -Session $session 'cat; echo end' | ForEach-Object { $seen.Add($_) }
            $seen[0], $seen[-2], $seen[-1]
            @() | Invoke-FargateCommand -Session $session 'cat; echo nothing'
            1, 2 | Invoke-FargateCommand -Session $session 'cat' -AsJob | Receive-Job -Wait -AutoRemoveJob
            $session | Stop-FargateSession
            New-FargateSession -Count 2 | Invoke-FargateCommand 'cat' -InputObject 'to', 'each' -PassThru |
                ForEach-Object { "$($_.StandardOutput)" }
            """);

        Assert.Empty(run.Errors);
        Assert.Equal(
            ["öne", "last", "end", "nothing", "1", "2", "to each", "to each"], run.Output.Select(line => line.ToString()));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_command_that_reads_no_more_ends_an_endless_input()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            $$"""
            foreach ($command in 'head -n 2', 'exec <&-; sleep 0.2; echo deaf; exit 3') {
                $session = New-FargateSession -Wait
                {{Endless}} | Invoke-FargateCommand -Session $session $command | Sort-Object -Descending
                $LASTEXITCODE
                $session | Stop-FargateSession -ErrorAction Ignore
            }
            """);

        Assert.Empty(run.Errors);
        Assert.Equal(["2", "1", "0", "deaf", "3"], run.Output.Select(line => line.ToString()));
        await me.LeftNothingAsync();
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    public async Task Each_of_many_sessions_reads_all_of_it(int throttleLimit)
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            param($throttleLimit)
            $sessions = New-FargateSession -Count 3
            1..50 | ForEach-Object { , [byte[]]::new(100000) } |
                Invoke-FargateCommand -Session $sessions 'wc -c' -ThrottleLimit $throttleLimit
            $sessions | Stop-FargateSession
            """,
            throttleLimit);

        Assert.Empty(run.Errors);
        Assert.Equal(["5000000", "5000000", "5000000"], run.Output.Select(line => line.ToString()));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Ctrl_C_ends_an_input_that_waits_for_its_command()
    {
        await using var me = await Operator.StartAsync();
        var run = me.Start(
            $"""
            $session = New-FargateSession -Wait
            {Endless} | Invoke-FargateCommand -Session $session 'echo begun; sleep 600'
            """);
        await Eventually.BecomesAsync(() => run.Output.Count > 0, () => "Nothing was printed.");

        run.Stop();

        Assert.True(run.WasStopped);
        Assert.Empty(run.Errors);
        Assert.Empty(me.Calls("StopTask"));
        me.Run("$session | Stop-FargateSession");
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task An_input_that_fails_ends_the_command_and_leaves_the_session()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            $session = New-FargateSession -Wait
            try {
                & { 1; throw 'no more' } | Invoke-FargateCommand -Session $session 'sleep 600'
            }
            catch { "$_" }
            $session.State
            $session | Stop-FargateSession
            """);

        Assert.Equal(["no more", "READY"], run.Output.Select(line => line.ToString()));
        await me.LeftNothingAsync();
    }
}
