using System.Management.Automation;
using EcsFargateLogin.EndToEnd.Cmdlets;

namespace EcsFargateLogin.EndToEnd.Trust;

/// <summary>Another server answers at the task's address, as somebody on the path can arrange.</summary>
public sealed class OtherServerTests
{
    private static readonly (string Verification, string LogIn)[] s_logins =
    [
        ("Auto", "Enter-FargateShell -KeepSession"),
        ("Strict", "Enter-FargateShell -KeepSession"),
        ("Auto", "Invoke-FargateCommand 'echo here' -KeepSession"),
        ("Auto", "Copy-FargateItem /etc/hostname /tmp/ -KeepSession"),
        ("Strict", "Copy-FargateItem /etc/hostname /tmp -FromSession -KeepSession"),
        ("Strict", "Start-FargateTunnel -RemoteHost 127.0.0.1 -RemotePort 80"),
    ];

    [Fact]
    public async Task A_server_in_the_middle_is_refused_before_anybody_logs_in_and_the_session_is_stopped()
    {
        List<(Operator Me, OtherServer Other)> places = [];
        try
        {
            foreach (var _ in s_logins)
            {
                var me = await Operator.StartAsync();
                places.Add((me, await OtherServer.BeforeTasksOfAsync(me)));
            }

            var runs = await OperatorErrors.FailingProcessAsync([.. s_logins.Zip(
                places, (login, place) => (place.Me, $"New-FargateSession -HostKeyVerification {login.Verification} | {login.LogIn}"))]);

            Assert.All(runs.Zip(places), each => AssertRefused(each.First, each.Second.Me, each.Second.Other));
            await Task.WhenAll(places.Select(place => place.Me.HasLeftNothingAsync()));
        }
        finally
        {
            foreach (var (me, other) in places)
            {
                await other.DisposeAsync();
                await me.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Whoever_asks_for_the_first_key_gets_it_from_whoever_answers_first()
    {
        await using var me = await Operator.StartAsync();
        await using var other = await OtherServer.BeforeTasksOfAsync(me);

        var run = await me.RunApartAsync(
            "New-FargateSession -HostKeyVerification AcceptNew | Enter-FargateShell", "echo here; exit\n");

        Assert.Equal(("here\n", ""), (run.Output, run.Error));
        Assert.Contains("Accepted publickey", other.Log, StringComparison.Ordinal);
    }

    private static void AssertRefused(FailedProcess run, Operator me, OtherServer other)
    {
        var error = Assert.Single(run.Errors);
        var message = error.Is("HostKeyMismatch", ErrorCategory.SecurityError, Assert.Single(me.Fargate.Tasks).StartedBy!);
        Assert.Contains($"it showed the host key {other.Fingerprint}, ", message, StringComparison.Ordinal);
        Assert.Contains("the task's log has it", message, StringComparison.Ordinal);
        Assert.Contains("another network path", error.NextStep, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
        Assert.DoesNotContain("Accepted publickey", other.Log, StringComparison.Ordinal);
    }
}
