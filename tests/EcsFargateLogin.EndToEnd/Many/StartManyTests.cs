using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;
using LocalFargate.Faults;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.Many;

/// <summary>New-FargateSession -Count, and its parameters from a pipeline.</summary>
public sealed class StartManyTests
{
    [Fact]
    public async Task Count_starts_so_many_sessions_each_with_a_task_of_its_own()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run("New-FargateSession -Count 12 -Wait | Stop-FargateSession -PassThru");

        Assert.Empty(run.Errors);
        Assert.Equal(
            me.Fargate.Tasks.Select(task => task.StartedBy).Order(), run.Output.Select(session => session.Text("SessionId")).Order());
        Assert.Equal(12, run.Output.Count);
        Assert.Single(me.Calls("DescribeTaskDefinition"));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Each_task_that_was_not_started_is_an_error_and_the_others_are_returned()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new LaunchFails { Times = 2 });

        var run = me.Run("$sessions = New-FargateSession -Count 5 -RetryCount 0; $sessions");

        Assert.Equal(3, run.Output.Count);
        Assert.Equal(2, run.Errors.Count);
        Assert.All(run.Errors, error => Assert.StartsWith(
            "CapacityUnavailable,", SeenError.Of(error, isTerminating: false).Id, StringComparison.Ordinal));
        me.Run("$sessions | Stop-FargateSession");
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_table_names_what_each_of_its_sessions_needs()
    {
        await using var me = await Operator.StartAsync(new LocalFargateOptions { Clusters = ["local", "other"] });
        var file = Path.Combine(me.StateHome, "sessions.csv");
        var subnets = me.Fargate.Subnets;
        await File.WriteAllTextAsync(file, $"""
            TaskDefinition,Cluster,Subnet,SecurityGroup,Count
            {me.Fargate.TaskDefinition},local,{subnets[0]},{me.Fargate.SecurityGroups[0]},1
            {me.Fargate.TaskDefinition},other,"{subnets[0]},{subnets[1]}",{me.Fargate.SecurityGroups[0]},2
            missing,other,{subnets[1]},{me.Fargate.SecurityGroups[0]},1
            """);

        // Defaults of the user's count as typed: they would win over the columns.
        var run = me.Run(
            """
            'TaskDefinition', 'Cluster', 'Subnet', 'SecurityGroup' |
                ForEach-Object { $PSDefaultParameterValues.Remove("New-FargateSession:$_") }
            Import-Csv $args[0] | New-FargateSession | Wait-FargateSession | Stop-FargateSession -PassThru
            """,
            file);

        Assert.Equal(["local", "other", "other"], run.Output.Select(session => session.Text("Cluster")).Order());
        Assert.Equal("missing", SeenError.Of(Assert.Single(run.Errors), isTerminating: false).Target);
        Assert.Equal([1, 2, 2], me.Calls("RunTask").Select(call =>
            call.Parameters["networkConfiguration"]!["awsvpcConfiguration"]!["subnets"]!.AsArray().Count));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Stopped_in_the_middle_it_stops_all_that_it_started()
    {
        await using var me = await Operator.StartAsync(
            new LocalFargateOptions { Timeline = new Timeline { Provisioning = TimeSpan.FromMinutes(5) } });
        me.Fargate.Faults.Add(new DelayedReply { Operation = "RunTask", Delay = TimeSpan.FromSeconds(0.5) });
        var run = me.Start("New-FargateSession -Count 30 | ForEach-Object { Start-Sleep 600 }");
        await me.ReceivesAsync("RunTask");

        run.Stop();

        Assert.Empty(run.Errors);
        Assert.Equal(me.Fargate.Tasks.Count, me.Calls("StopTask").Count);
        await me.LeftNothingAsync();
    }
}
