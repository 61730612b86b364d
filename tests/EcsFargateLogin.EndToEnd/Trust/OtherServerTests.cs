using System.Management.Automation;
using EcsFargateLogin.EndToEnd.Cmdlets;

namespace EcsFargateLogin.EndToEnd.Trust;

/// <summary>Another server answers at the task's address, as somebody on the path can arrange.</summary>
public sealed class OtherServerTests
{
    [Theory]
    [InlineData("Auto", "Enter-FargateShell")]
    [InlineData("Strict", "Enter-FargateShell")]
    [InlineData("Auto", "Invoke-FargateCommand 'echo here'")]
    [InlineData("Auto", "Copy-FargateItem /etc/hostname /tmp/")]
    [InlineData("Strict", "Copy-FargateItem /etc/hostname /tmp -FromSession")]
    [InlineData("Strict", "Start-FargateTunnel -RemoteHost 127.0.0.1 -RemotePort 80")]
    public async Task A_server_in_the_middle_is_refused_before_anybody_logs_in_and_the_session_is_stopped(
        string verification, string login)
    {
        await using var me = await Operator.StartAsync();
        await using var other = await OtherServer.BeforeTasksOfAsync(me);

        var run = await me.FailingProcessAsync(
            $"New-FargateSession -HostKeyVerification {verification} | {login}{(login.Contains("Tunnel", StringComparison.Ordinal) ? "" : " -KeepSession")}");

        var error = Assert.Single(run.Errors);
        var message = error.Is("HostKeyMismatch", ErrorCategory.SecurityError, Assert.Single(me.Fargate.Tasks).StartedBy!);
        Assert.Contains($"it showed the host key {other.Fingerprint}, ", message, StringComparison.Ordinal);
        Assert.Contains("the task's log has it", message, StringComparison.Ordinal);
        Assert.Contains("another network path", error.NextStep, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
        Assert.DoesNotContain("Accepted publickey", other.Log, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task Whoever_asks_for_the_first_key_gets_it_from_whoever_answers_first()
    {
        await using var me = await Operator.StartAsync();
        await using var other = await OtherServer.BeforeTasksOfAsync(me);

        var run = await me.RunProcessAsync(
            "New-FargateSession -HostKeyVerification AcceptNew | Enter-FargateShell", "echo here\n");

        Assert.Equal(("here\n", ""), (run.Output, run.Error));
        Assert.Contains("Accepted publickey", other.Log, StringComparison.Ordinal);
    }
}
