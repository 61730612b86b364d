using EcsFargateLogin.EndToEnd.Cmdlets;

namespace EcsFargateLogin.EndToEnd.Outside;

/// <summary>Get-FargateLog: what containers print, while they run and afterwards.</summary>
public sealed class LogTests
{
    [Fact]
    public async Task A_log_is_followed_to_the_end_of_the_task_and_gives_its_exit_code()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            New-FargateSession -Command sh, -c, 'echo begun; sleep 2; printf "red \033[31mone\n"; exit 5' -OutVariable session |
                Get-FargateLog -Follow -OutVariable all | ForEach-Object { "$($_.ContainerName) $($_.TaskId -eq $session.TaskId) $_" }
            $LASTEXITCODE
            $all[0].Time -le $all[1].Time
            ($all[1] | Format-Table | Out-String).Contains("`e")
            ($session | Get-FargateLog -Tail 1).Message.Length
            Get-FargateLog $session -Since ([DateTimeOffset]::UtcNow.AddHours(1)) | Measure-Object | ForEach-Object Count
            $held = New-FargateSession -Command true
            $held | Get-FargateLog -Follow
            $held.Status
            $session, $held | Stop-FargateSession
            """);

        Assert.Empty(run.Errors);
        Assert.Equal(
            ["cli True begun", "cli True red \u001b[31mone", "5", "True", "False", "12", "0", "STOPPED"], run.Output.Select(line => line.ToString()));
    }

    [Fact]
    public async Task Containers_of_a_services_tasks_are_merged_and_a_long_log_is_read_in_pages()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            $session = New-FargateSession -Command sh, -c, 'i=0; while [ $i -lt 12000 ]; do echo line-$i; i=$((i+1)); done; exec sleep 100'
            do { $all = @(Get-FargateLog $session) } until ($all.Count -ge 12000)
            $all.Count
            $all[11999].Message
            (Get-FargateLog -TaskArn $session.TaskArn -Tail 3).Message
            (Get-FargateLog $session | Select-Object -First 2).Message
            Get-FargateLog $session -Follow | Select-Object -First 1 | ForEach-Object Message
            $session | Stop-FargateSession
            """);

        Assert.Empty(run.Errors);
        Assert.Equal(
            ["12000", "line-11999", "line-11997", "line-11998", "line-11999", "line-0", "line-1", "line-0"],
            run.Output.Select(line => line.ToString()));
        await me.LeftNothingAsync();
    }
}
