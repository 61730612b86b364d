using System.Management.Automation;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate.Faults;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Network;

/// <summary>-AuthorizeMyAddress: the rule is there as long as the session, and nobody else's is touched.</summary>
public sealed class AuthorizeMyAddressTests
{
    private const string New = "New-FargateSession -AuthorizeMyAddress -MyAddress 198.51.100.7";
    private const string Cidr = "198.51.100.7/32";

    [Theory]
    [InlineData("198.51.100.7", "198.51.100.7/32")]
    [InlineData("2001:DB8::0:7/128", "2001:db8::7/128")]
    public async Task The_address_is_authorized_for_the_life_of_the_session(string address, string cidr)
    {
        await using var me = await Operator.StartAsync();

        Assert.Empty(me.ErrorsOf("$session = New-FargateSession -AuthorizeMyAddress -MyAddress $args[0]", address));
        var id = Assert.Single(me.Fargate.Tasks).StartedBy;
        Assert.Equal([$"{cidr} {me.Fargate.SshPort} EcsFargateLogin session {id}"], Rules(me));
        Assert.Empty(me.ErrorsOf("$session | Stop-FargateSession"));

        Assert.Empty(Rules(me));
        Assert.Single(me.Calls("RevokeSecurityGroupIngress"));
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task Sessions_of_one_machine_share_the_rule_and_the_last_one_removes_it()
    {
        await using var me = await Operator.StartAsync();

        Assert.Empty(me.ErrorsOf($"$three = {New} -Count 3; $one = {New}; $three | Stop-FargateSession"));
        Assert.Single(Rules(me));
        Assert.Empty(me.ErrorsOf("$one | Stop-FargateSession"));

        Assert.Empty(Rules(me));
        Assert.Single(me.Calls("AuthorizeSecurityGroupIngress"));
        Assert.Single(me.Calls("RevokeSecurityGroupIngress"));
        await me.HasLeftNothingAsync(startedTasks: 4);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Machines_behind_one_address_share_the_rule_and_the_last_one_removes_it(bool firstEndsFirst)
    {
        await using var me = await Operator.StartAsync();
        // A machine is a journal: this process has one, and the one apart has another.
        await RunOnAsync(isFirst: true, $"$null = {New}");
        await RunOnAsync(isFirst: false, $"$null = {New}");
        var (first, second) = (me.Fargate.Tasks[0].StartedBy!, me.Fargate.Tasks[1].StartedBy!);
        Assert.Equal([$"{Cidr} {me.Fargate.SshPort} EcsFargateLogin session {first} {second}"], Rules(me));

        await RunOnAsync(firstEndsFirst, "Get-FargateSession -Mine | Stop-FargateSession");
        Assert.Equal(
            [$"{Cidr} {me.Fargate.SshPort} EcsFargateLogin session {(firstEndsFirst ? second : first)}"], Rules(me));
        await RunOnAsync(!firstEndsFirst, "Get-FargateSession -Mine | Stop-FargateSession");

        Assert.Empty(Rules(me));
        await me.LeftNothingAsync();

        async Task RunOnAsync(bool isFirst, string script)
        {
            if (isFirst)
            {
                Assert.Empty(me.ErrorsOf(script));
            }
            else
            {
                Assert.Equal(new ProcessResult(0, "", ""), await me.RunApartAsync(script));
            }
        }
    }

    [Theory]
    [InlineData("office")]
    [InlineData("EcsFargateLogin session ffffffffffff")]
    public async Task A_rule_of_somebody_else_is_used_and_left_alone(string description)
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.AddIngressRule(me.Fargate.SecurityGroups[0], Cidr, me.Fargate.SshPort, description);

        var run = me.Run($"{New} -Verbose 4>&1 | Where-Object {{ $_ -is [System.Management.Automation.VerboseRecord] }}");
        Assert.Empty(me.ErrorsOf("Get-FargateSession | Stop-FargateSession"));

        Assert.Contains(run.Output, line => line.ToString()!.Contains($"'{description}'", StringComparison.Ordinal));
        Assert.Equal([$"{Cidr} {me.Fargate.SshPort} {description}"], Rules(me));
        Assert.Empty(me.Calls("RevokeSecurityGroupIngress"));
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task Where_the_address_may_not_be_authorized_no_task_is_started()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new AccessDenied { Operation = "AuthorizeSecurityGroupIngress" });

        var errors = me.ErrorsOf($"{New} -Count 3");

        Assert.All(errors, error => Assert.Contains(
            "ec2:AuthorizeSecurityGroupIngress",
            error.Is("AccessDenied", ErrorCategory.PermissionDenied, me.Fargate.TaskDefinition),
            StringComparison.Ordinal));
        Assert.Equal(3, errors.Count);
        me.HasStartedNothing();
    }

    [Fact]
    public async Task When_the_start_is_refused_the_rule_is_removed()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new AccessDenied { Operation = "RunTask" });

        me.ErrorOf(New);

        Assert.Empty(Rules(me));
        Assert.Single(me.Calls("RevokeSecurityGroupIngress"));
        Assert.Empty(me.Fargate.Tasks);
        Assert.Empty(me.SessionFolders());
    }

    [Fact]
    public async Task A_rule_that_was_added_although_the_answer_was_lost_is_the_sessions_own()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new LostReply { Operation = "AuthorizeSecurityGroupIngress", Times = 1 });

        Assert.Empty(me.ErrorsOf($"$session = {New}"));
        Assert.Single(Rules(me));
        Assert.Empty(me.ErrorsOf("$session | Stop-FargateSession"));

        Assert.Empty(Rules(me));
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_rule_that_cannot_be_removed_is_warned_of_with_the_commands_that_remove_it()
    {
        await using var me = await Operator.StartAsync();
        var fault = me.Fargate.Faults.Add(new AccessDenied { Operation = "RevokeSecurityGroupIngress" });

        var run = me.Run($"$session = {New}; $session | Stop-FargateSession 3>&1");

        var warning = Assert.Single(run.Output).ToString()!;
        var task = Assert.Single(me.Fargate.Tasks);
        var port = me.Fargate.SshPort;
        Assert.Empty(run.Errors);
        Assert.NotNull(task.StopCode);
        Assert.Contains("ec2:RevokeSecurityGroupIngress", warning, StringComparison.Ordinal);
        Assert.Contains(
            $"Stop-FargateSession -SessionId {task.StartedBy} or: aws ec2 revoke-security-group-ingress --group-id "
            + $"{me.Fargate.SecurityGroups[0]} --ip-permissions 'IpProtocol=tcp,FromPort={port},ToPort={port},"
            + $"IpRanges=[{{CidrIp={Cidr}}}]' --region {me.Fargate.Region} --endpoint-url {me.Fargate.EndpointUrl}",
            warning,
            StringComparison.Ordinal);
        var folder = Assert.Single(me.SessionFolders());
        Assert.False(File.Exists(folder.KeyPath));

        me.Fargate.Faults.Remove(fault);
        Assert.Empty(me.ErrorsOf("Stop-FargateSession -SessionId $args[0]", task.StartedBy));
        Assert.Empty(Rules(me));
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_rule_that_was_made_anew_by_somebody_else_meanwhile_is_theirs()
    {
        await using var me = await Operator.StartAsync();
        Assert.Empty(me.ErrorsOf($"$session = {New}"));
        me.Fargate.RemoveIngressRules(me.Fargate.SecurityGroups[0]);
        me.Fargate.AddIngressRule(me.Fargate.SecurityGroups[0], Cidr, me.Fargate.SshPort, "office");

        Assert.Empty(me.ErrorsOf("$session | Stop-FargateSession"));

        Assert.Equal([$"{Cidr} {me.Fargate.SshPort} office"], Rules(me));
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task What_a_killed_process_left_is_removed_with_its_session()
    {
        await using var me = await Operator.StartAsync();
        await using var killed = TerminalRun.WithPipes(me.Process($"{New} | ForEach-Object {{ \"up-$_\" }}; Start-Sleep 120"));
        await killed.ShowsAsync("up-");
        await killed.KillAsync();
        Assert.Single(Rules(me));

        Assert.Equal(new ProcessResult(0, "", ""), await me.RunApartAsync("Get-FargateSession -Mine -Orphaned | Stop-FargateSession"));
        Assert.Empty(Rules(me));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task What_a_killed_process_left_without_a_task_is_removed_all_the_same()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new DelayedReply { Operation = "AuthorizeSecurityGroupIngress", Delay = TimeSpan.FromMinutes(1) });
        await using var killed = TerminalRun.WithPipes(me.Process(New));
        await Eventually.BecomesAsync(() => Rules(me).Count == 1, () => killed.Errors);
        await killed.KillAsync();

        // As ECS may show a task later, the session is still listed.
        await me.RunApartAsync("Get-FargateSession -Mine -Orphaned | Stop-FargateSession");

        Assert.Empty(Rules(me));
        Assert.Empty(me.Fargate.Tasks);
    }

    private static IReadOnlyList<string> Rules(Operator me) => me.Fargate.IngressRules(me.Fargate.SecurityGroups[0]);
}
