using System.Management.Automation;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>The task runs, but nobody can log in.</summary>
public sealed class SshErrorTests
{
    private const string SomebodyElsesKey =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO2B7yXIuqGtSggTdE3LoHNsitfkMx8eTATYuLvSP/nU somebody-else";

    private const string StartSshd = "/usr/local/bin/start-sshd.sh";

    [Fact]
    public async Task A_server_that_refuses_the_key_is_an_error_and_the_task_is_stopped()
    {
        await using var me = await Operator.StartAsync();

        var run = await me.FailingProcessAsync(
            $"""
            New-FargateSession -HostKeyVerification AcceptNew -Command env, '_AUTHORIZED_PUBLIC_KEY={SomebodyElsesKey}', {StartSshd} |
                Enter-FargateShell
            """);

        var error = Assert.Single(run.Errors);
        var message = error.Is("SshFailed", ErrorCategory.ConnectionError, Assert.Single(me.Fargate.Tasks).StartedBy!);
        Assert.Contains("Permission denied", message, StringComparison.Ordinal);
        Assert.Contains("-UserName", error.NextStep, StringComparison.Ordinal);
        Assert.Equal(("", 255), (run.Output, run.ExitCode));
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_user_that_the_container_refuses_is_an_error_and_the_task_is_stopped()
    {
        await using var me = await Operator.StartAsync();

        var run = await me.FailingProcessAsync(
            $"""
            New-FargateSession -UserName daemon -Command env, _SSH_USER=root, {StartSshd} |
                Enter-FargateShell
            """);

        var error = Assert.Single(run.Errors);
        error.Is("SshFailed", ErrorCategory.ConnectionError, Assert.Single(me.Fargate.Tasks).StartedBy!);
        Assert.Contains("-UserName", error.NextStep, StringComparison.Ordinal);
        Assert.Equal(255, run.ExitCode);
        await me.HasLeftNothingAsync();
    }

    [Theory]
    [InlineData("Enter-FargateShell")]
    [InlineData("Invoke-FargateCommand 'true'")]
    [InlineData("Copy-FargateItem /etc/hostname /tmp")]
    [InlineData("Start-FargateTunnel -Socks")]
    public async Task An_option_that_ssh_does_not_know_is_an_error(string use)
    {
        await using var me = await Operator.StartAsync();

        // What a command's ssh says is an error of its own before that.
        var error = me.ErrorsOf($"New-FargateSession | {use} -Option 'NoSuchOption=yes'")[^1];

        error.Is("SshFailed", ErrorCategory.ConnectionError, Assert.Single(me.Fargate.Tasks).StartedBy!);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_key_that_somebody_deleted_is_an_error_and_the_task_is_stopped()
    {
        await using var me = await Operator.StartAsync();

        var error = me.ErrorOf("New-FargateSession | ForEach-Object { Remove-Item $_.KeyPath; $_ } | Enter-FargateShell");

        var message = error.Is("KeyNotFound", ErrorCategory.ObjectNotFound, Assert.Single(me.Fargate.Tasks).StartedBy!);
        Assert.Contains("id_ed25519", message, StringComparison.Ordinal);
        Assert.Contains("New-FargateSession", message, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }
}
