using EcsFargateLogin.Cloud;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Lifecycle.Waiting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Sessions;

/// <summary>Ends of a login that need no server: keys that are gone, and tasks that cannot be stopped.</summary>
public sealed class LoginBatchTests : SessionTest
{
    private readonly SessionJournal _journal;
    private bool _mustClose = true;

    public LoginBatchTests() => _journal = new SessionJournal(Folder["sessions"]);

    [Fact]
    public async Task A_session_without_key_fails_when_it_has_been_closed()
    {
        await RunAsync([NewLogin()], CancellationToken.None);

        Assert.EndsWith(
            ": its command was never reached",
            ((ValueTuple<string, string, string>)Assert.Single(Cloud.CallsOf("StopTask")).Input!).Item3,
            StringComparison.Ordinal);
        Assert.Equal(FargateError.KeyNotFound, Assert.IsType<SessionFailed>(Assert.Single(Events.Events)).Error.Error);
    }

    [Fact]
    public async Task A_session_that_is_kept_is_not_closed()
    {
        _mustClose = false;

        await RunAsync([NewLogin()], CancellationToken.None);

        Assert.Empty(Cloud.Calls);
        Assert.IsType<SessionFailed>(Assert.Single(Events.Events));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_session_that_cannot_be_closed_is_reported(bool isCancelled)
    {
        Cloud.OnStopTask = _ => throw CloudErrors.NoReplyInTime("AWS", new TimeoutException());
        Login[] logins = [NewLogin(), NewLogin()];

        await RunAsync(logins, new CancellationToken(isCancelled));

        var notClosed = Events.Events.OfType<SessionNotClosed>().ToList();
        Assert.Equal(logins.Select(login => login.Session.SessionId).Order(), notClosed.Select(each => each.Session.SessionId).Order());
        Assert.All(notClosed, each => Assert.True(each.Error.MayLeaveTask));
    }

    private Login NewLogin()
    {
        var record = SampleRecord.Of(_journal.Open(), SampleTask.Arn);
        _journal.Write(record);
        return new Login(_journal.SessionOf(record), Cloud, FargateTransport.Ssh);
    }

    private async Task RunAsync(IReadOnlyList<Login> logins, CancellationToken cancellationToken)
    {
        LoginBatch batch = new()
        {
            WaiterFor = cloud => new SessionWaiter(cloud, new WaitOptions()),
            CloserFor = cloud => new SessionCloser(cloud, _journal),
            MustClose = _ => _mustClose,
            WorkName = "command",
            PreferPrivate = false,
            ThrottleLimit = 32,
            UsesSharedConnection = false,
        };
        try
        {
            await batch.RunAsync(logins, (_, _) => Task.CompletedTask, Events, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // As a command that was stopped ends.
        }
    }
}
