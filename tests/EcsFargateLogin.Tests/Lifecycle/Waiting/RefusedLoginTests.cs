using EcsFargateLogin.Lifecycle.Waiting;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Lifecycle.Waiting;

public sealed class RefusedLoginTests : IDisposable
{
    private readonly ScriptedCloud _cloud = new();

    public void Dispose() => _cloud.Dispose();

    [Theory]
    [InlineData("Account root has expired", "chage")]
    [InlineData("User root not allowed because account is locked", "usermod")]
    [InlineData("User root from 198.51.100.7 not allowed because not listed in AllowUsers", "-UserName")]
    [InlineData("Authentication tried for root with correct key but not from a permitted host (host=x, ip=10.0.0.1).", "-FromAddress")]
    [InlineData("Authentication refused: bad ownership or modes for directory /root", "_AUTHORIZED_PUBLIC_KEY")]
    public async Task The_reason_is_read_from_the_containers_log_when_it_gets_there(string line, string nextStep)
    {
        var polls = 0;
        _cloud.OnGetLogEvents = () => ++polls < 3 ? ["started"] : ["started", $"{line}\r", "Connection closed by 10.0.0.1"];

        var error = await ExplainAsync(Refused(), limit: 20);

        Assert.Equal(FargateError.SshFailed, error.Error);
        Assert.Contains("Permission denied (publickey).", error.Message, StringComparison.Ordinal);
        Assert.Contains($"The container's log says: {line.TrimEnd('.')}.", error.Message, StringComparison.Ordinal);
        Assert.Contains(nextStep, error.NextStep, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Invalid user admin from 203.0.113.9 port 4711")]
    [InlineData("User root2 not allowed because account is locked")]
    [InlineData("ecs-fargate-login start user=root port=22")]
    [InlineData("Connection closed by invalid user root 127.0.0.1 port 55804 [preauth]")]
    public async Task What_is_about_others_is_no_reason(string line)
    {
        _cloud.OnGetLogEvents = () => [line];
        var refused = Refused();

        Assert.Same(refused, await ExplainAsync(refused));
    }

    [Fact]
    public async Task Who_may_not_read_the_log_gets_the_error_at_once()
    {
        _cloud.OnGetLogEvents = () => throw SampleTask.AccessDenied("logs:GetLogEvents");
        var refused = Refused();

        Assert.Same(refused, await ExplainAsync(refused));
        Assert.Single(_cloud.Calls);
    }

    [Fact]
    public async Task Other_errors_ask_nobody()
    {
        var lost = LoginErrors.ConnectionLost(SampleTask.Session());

        Assert.Same(lost, await ExplainAsync(lost));
        Assert.Empty(_cloud.Calls);
    }

    private Task<FargateException> ExplainAsync(FargateException error, double limit = 0.1) =>
        new RefusedLogin(_cloud) { Limit = TimeSpan.FromSeconds(limit), Pause = TimeSpan.FromMilliseconds(1) }
            .ExplainAsync(SampleTask.Session(), error, CancellationToken.None);

    private static FargateException Refused() =>
        LoginErrors.SshFailed(SampleTask.Session(), "root@10.0.0.1: Permission denied (publickey).");
}
