using LocalFargate;
using LocalFargate.Faults;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>Get-FargateTaskAddress.</summary>
public sealed class TaskAddressTests
{
    private static readonly LocalFargateOptions NeverRunning =
        new() { Timeline = new Timeline { Pending = TimeSpan.FromMinutes(5) } };

    [Fact]
    public async Task It_waits_until_the_task_runs_and_has_its_address()
    {
        await using var me = await Operator.StartAsync(
            new LocalFargateOptions { Timeline = new Timeline { Activating = TimeSpan.FromSeconds(1.2) } });

        var run = me.Run("$session = New-FargateSession; Get-FargateTaskAddress $session; $session");

        Assert.Empty(run.Errors);
        var (address, session) = (run.Output[0], run.Output[1]);
        var task = Assert.Single(me.Fargate.Tasks);
        Assert.Equal("EcsFargateLogin.FargateTaskAddress", address.BaseObject.GetType().FullName);
        Assert.Equal(task.PublicAddress, address.ToString());
        Assert.Equal((task.PublicAddress, task.PublicAddress), (address.Text("Address"), address.Text("PublicAddress")));
        Assert.Equal(task.PrivateAddress, address.Text("PrivateAddress"));
        Assert.Equal(("RUNNING", task.Arn), (address.Text("Status"), address.Text("TaskArn")));
        Assert.StartsWith("eni-", address.Text("NetworkInterfaceId"), StringComparison.Ordinal);
        Assert.Equal(me.Fargate.Subnets[0], address.Text("SubnetId"));
        Assert.Equal((session.Text("SessionId"), me.Fargate.SshPort), (address.Text("SessionId"), (int)address.Get("Port")!));
        Assert.Equal((task.PublicAddress, "RUNNING"), (session.Text("PublicAddress"), session.Text("Status")));
        me.Run("$session | Stop-FargateSession");
    }

    [Fact]
    public async Task With_NoWait_it_tells_what_is_known_now()
    {
        await using var me = await Operator.StartAsync(NeverRunning);

        var run = me.Run("$session = New-FargateSession; Get-FargateTaskAddress $session -NoWait");

        Assert.Empty(run.Errors);
        var address = Assert.Single(run.Output);
        Assert.Equal("PENDING", address.Text("Status"));
        Assert.Equal(Assert.Single(me.Fargate.Tasks).PrivateAddress, address.Text("PrivateAddress"));
        Assert.Single(me.Calls("DescribeTasks"));
        me.Run("$session | Stop-FargateSession");
    }

    [Fact]
    public async Task Private_prefers_the_private_address()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run("New-FargateSession | Tee-Object -Variable session | Get-FargateTaskAddress -Route Private");

        var address = Assert.Single(run.Output);
        Assert.Equal(Assert.Single(me.Fargate.Tasks).PrivateAddress, address.Text("Address"));
        me.Run("$session | Stop-FargateSession");
    }

    [Fact]
    public async Task Sessions_of_one_cluster_share_each_poll()
    {
        await using var me = await Operator.StartAsync();

        me.Run("$sessions = 1..3 | ForEach-Object { New-FargateSession }");
        // While they start, there may be any number of polls.
        await Eventually.BecomesAsync(
            () => me.Fargate.Tasks.All(task => task is { Phase: TaskPhase.Running, PublicAddress: not null }),
            () => string.Join(", ", me.Fargate.Tasks));

        var run = me.Run("Get-FargateTaskAddress $sessions");

        Assert.Empty(run.Errors);
        Assert.Equal(
            me.Fargate.Tasks.Select(task => task.PublicAddress).Order(),
            run.Output.Select(address => address.Text("Address")).Order());
        Assert.All(me.Calls("DescribeTasks"), call => Assert.Equal(3, call.Parameters["tasks"]!.AsArray().Count));
        Assert.InRange(me.Calls("DescribeTasks").Count, 1, 2);
        Assert.InRange(me.Calls("DescribeNetworkInterfaces").Count, 1, 2);
        me.Run("$sessions | Stop-FargateSession");
    }

    [Fact]
    public async Task A_public_address_may_come_late()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new PublicAddressLate { Delay = TimeSpan.FromSeconds(8) });

        var run = me.Run("$session = New-FargateSession; Get-FargateTaskAddress $session -Verbose");

        Assert.Empty(run.Errors);
        Assert.Equal(me.Fargate.Tasks[0].PublicAddress, Assert.Single(run.Output).Text("Address"));
        Assert.Contains(run.Verbose, line => line.Contains("RUNNING, waiting for its address", StringComparison.Ordinal));
        me.Run("$session | Stop-FargateSession");
    }
}
