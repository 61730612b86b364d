using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Lifecycle.Starting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Lifecycle.Starting;

/// <summary>The base of tests of a launch: a cloud, a journal, and checks of both.</summary>
public abstract class LaunchTest : IDisposable
{
    private protected TemporaryFolder Folder { get; } = new();

    private protected ScriptedCloud Cloud { get; init; } = new();

    private protected SessionJournal Journal => new(Folder["sessions"]);

    private protected static SessionRequest Request =>
        new() { TaskDefinition = "rails-cli", Cluster = "dev", Subnets = ["subnet-1"] };

    /// <summary>Long: an answer that comes at once is in time on any machine.</summary>
    private protected TimeSpan ReplyGrace { get; private set; } = TimeSpan.FromSeconds(30);

    public void Dispose()
    {
        Cloud.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected TokenBucket Pacer { get; init; } = new(burst: 100, perSecond: 1000, TimeProvider.System);

    private protected virtual SessionLauncher Launcher => LauncherOf(Journal);

    private protected SessionLauncher LauncherOf(SessionJournal journal) => new(Cloud, journal, new KeyGenerator("ssh-keygen"))
    {
        Starter = new TaskStarter(Cloud, journal)
        {
            ReplyGrace = ReplyGrace,
            AttemptPause = TimeSpan.FromMilliseconds(1),
            Pacer = Pacer,
            Search = new TaskSearch(Cloud) { Limit = TimeSpan.Zero },
            EarlierTry = new TaskSearch(Cloud) { Limit = TimeSpan.Zero },
        },
    };

    /// <summary>Starts one session, or throws why it was not started.</summary>
    private protected Task<FargateSession> LaunchAsync(SessionRequest request, CancellationToken cancellationToken = default) =>
        LaunchAsync(Launcher, request, cancellationToken);

    /// <summary>Starts one on another machine, which has a journal of its own.</summary>
    private protected Task<FargateSession> LaunchAsync(SessionRequest request, SessionJournal journal) =>
        LaunchAsync(LauncherOf(journal), request, CancellationToken.None);

    private static async Task<FargateSession> LaunchAsync(
        SessionLauncher launcher, SessionRequest request, CancellationToken cancellationToken)
    {
        EventLog events = new();
        var errors = await launcher.LaunchAsync(request, count: 1, events, cancellationToken);
        return errors is [var error]
            ? throw error
            : Assert.Single(events.Events.OfType<SessionStarted>()).Session;
    }

    private protected async Task<FargateException> FailAsync(FargateError expected, SessionRequest? request = null)
    {
        var error = await Assert.ThrowsAsync<FargateException>(() => LaunchAsync(request ?? Request));
        Assert.Equal(expected, error.Error);
        return error;
    }

    private protected void HangInRunTask(CancellationTokenSource cancellation)
    {
        ReplyGrace = TimeSpan.FromMilliseconds(50);
        Cloud.OnRunTask = async (_, cancellationToken) =>
        {
            await cancellation.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("it was cancelled before");
        };
    }

    private protected RunTaskRequest RunTask() => (RunTaskRequest)Assert.Single(Cloud.CallsOf("RunTask")).Input;

    /// <summary>The task that was stopped, with a token that was not cancelled.</summary>
    private protected string StoppedTask()
    {
        var call = Assert.Single(Cloud.CallsOf("StopTask"));
        Assert.False(call.WasCancelled);
        return (((string Cluster, string TaskArn, string Reason))call.Input).TaskArn;
    }

    private protected void AssertNothingStarted() => Assert.Empty(Cloud.CallsOf("RunTask"));

    private protected void AssertForgotten()
    {
        if (Directory.Exists(Folder["sessions"]))
        {
            Assert.Empty(Directory.EnumerateFileSystemEntries(Folder["sessions"]));
        }
    }
}
