using EcsFargateLogin.Cloud;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Model;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Lifecycle.Closing;

public sealed class SessionCloserTests : SessionTest
{
    private readonly SessionJournal _journal;
    private readonly FargateSession _session;

    public SessionCloserTests()
    {
        _journal = new SessionJournal(Folder["sessions"]);
        var entry = SampleRecord.Of(_journal.Open(), SampleTask.Arn);
        _journal.Write(entry);
        File.WriteAllText(_journal.KeyPathOf(entry.SessionId), "a key");
        _session = _journal.SessionOf(entry);
    }

    [Fact]
    public async Task Closing_stops_the_task_with_a_reason_and_deletes_the_key()
    {
        await CloseAsync(_session, "its shell has ended");

        Assert.Equal(
            ("dev", SampleTask.Arn, $"EcsFargateLogin session {_session.SessionId}: its shell has ended"),
            Assert.Single(Cloud.CallsOf("StopTask")).Input);
        Assert.Equal("STOPPING", _session.Status);
        AssertForgotten();
    }

    [Fact]
    public async Task Closing_twice_stops_once()
    {
        await CloseAsync(_session);
        await CloseAsync(_session);

        Assert.Single(Cloud.CallsOf("StopTask"));
        AssertForgotten();
    }

    [Fact]
    public async Task A_task_that_ECS_has_forgotten_is_stopped()
    {
        Cloud.OnStopTask = _ => throw EcsErrors.TaskNotFound(
            SampleTask.Arn, SampleTask.Answer("InvalidParameterException"));

        await CloseAsync(_session);

        Assert.Equal("STOPPED", _session.Status);
        AssertForgotten();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_task_that_is_unknown_in_another_account_is_not_forgotten(bool isAnswered)
    {
        const string Arn = "arn:aws:ecs:eu-central-1:999999999999:cluster/dev";
        Cloud.OnDescribeCluster = () => new ClusterDescription(Arn, "dev", "ACTIVE");
        Cloud.OnStopTask = _ => throw EcsErrors.TaskNotFound(
            SampleTask.Arn, SampleTask.Answer("InvalidParameterException"));
        var session = isAnswered ? _session : Unanswered(DateTimeOffset.UtcNow.AddHours(-2));

        var error = await Assert.ThrowsAsync<FargateException>(() => CloseAsync(session));

        Assert.True(error.MayLeaveTask);
        Assert.False(session.IsClosed);
        Assert.True(File.Exists(_session.KeyPath));
        Assert.Single(_journal.ReadAll());
    }

    [Fact]
    public async Task A_task_that_is_unknown_where_the_account_cannot_be_told_is_not_forgotten()
    {
        Cloud.OnDescribeCluster = () => throw SampleTask.AccessDenied("ecs:DescribeClusters");
        Cloud.OnStopTask = _ => throw EcsErrors.TaskNotFound(
            SampleTask.Arn, SampleTask.Answer("InvalidParameterException"));

        var error = await Assert.ThrowsAsync<FargateException>(() => CloseAsync(_session));

        Assert.Equal(FargateError.TaskNotFound, error.Error);
        Assert.Contains("for its account 123456789012", error.Message, StringComparison.Ordinal);
        Assert.Single(_journal.ReadAll());
    }

    [Fact]
    public async Task A_user_who_gives_up_learns_what_may_still_run()
    {
        using CancellationTokenSource giveUp = new();
        Cloud.OnStopTask = async cancellationToken =>
        {
            await giveUp.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        };
        SessionCloser closer = new(Cloud, _journal) { GiveUp = giveUp.Token };

        var error = await Assert.ThrowsAsync<FargateException>(() => closer.CloseAsync(_session, "test"));

        Assert.True(error.MayLeaveTask);
        Assert.Contains("was not waited for", error.Message, StringComparison.Ordinal);
        Assert.Contains("Stop-FargateSession -TaskArn", error.NextStep, StringComparison.Ordinal);
        Assert.Single(_journal.ReadAll());
    }

    [Fact]
    public async Task A_task_that_cannot_be_stopped_stays_remembered_and_the_error_holds_both_commands()
    {
        Cloud.OnStopTask = _ => throw SampleTask.AccessDenied("ecs:StopTask");

        var error = await Assert.ThrowsAsync<FargateException>(() => CloseAsync(_session));

        Assert.Equal(FargateError.StopFailed, error.Error);
        Assert.Equal("AccessDeniedException", error.ErrorCode);
        Assert.Equal(
            $"Stop it with: Stop-FargateSession -TaskArn {SampleTask.Arn} -Cluster dev -Region eu-central-1 -ProfileName ops"
            + " -EndpointUrl http://127.0.0.1:4566/"
            + $" or: aws ecs stop-task --cluster dev --task {SampleTask.Arn} --region eu-central-1 --profile ops"
            + " --endpoint-url http://127.0.0.1:4566/",
            error.NextStep);
        Assert.False(_session.IsClosed);
        Assert.Single(_journal.ReadAll());
        Assert.True(File.Exists(_session.KeyPath));
    }

    [Fact]
    public async Task A_stop_that_failed_can_be_repeated()
    {
        Cloud.OnStopTask = _ => throw SampleTask.ServiceFailed();
        await Assert.ThrowsAsync<FargateException>(() => CloseAsync(_session));
        Cloud.OnStopTask = _ => Task.CompletedTask;

        await CloseAsync(_session);

        Assert.Equal(2, Cloud.CallsOf("StopTask").Count);
        AssertForgotten();
    }

    [Fact]
    public async Task A_stop_that_is_not_answered_in_time_is_an_error()
    {
        Cloud.OnStopTask = cancellationToken => Task.Delay(Timeout.Infinite, cancellationToken);
        SessionCloser closer = new(Cloud, _journal) { StopLimit = TimeSpan.FromMilliseconds(50) };

        var error = await Assert.ThrowsAsync<FargateException>(() => closer.CloseAsync(_session, "test"));

        Assert.Equal(FargateError.StopFailed, error.Error);
        Assert.Contains("has not answered in time", error.Message, StringComparison.Ordinal);
        Assert.Single(_journal.ReadAll());
    }

    [Theory]
    [InlineData(SampleTask.Arn)]
    [InlineData(SampleTask.Id)]
    public async Task A_task_given_by_name_takes_the_key_of_its_session_along(string task)
    {
        await CloseAsync(new FargateSession(new SessionRecord { TaskArn = task, Cluster = "dev" }));

        AssertForgotten();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_journal_that_is_not_to_be_believed_is_no_reason_to_let_a_task_run_on(bool isByName)
    {
        File.SetUnixFileMode(Folder["sessions"], File.GetUnixFileMode(Folder["sessions"]) | UnixFileMode.OtherWrite);

        await CloseAsync(isByName ? new FargateSession(new SessionRecord { TaskArn = SampleTask.Arn, Cluster = "dev" }) : _session);

        Assert.Single(Cloud.CallsOf("StopTask"));
        Assert.Equal(isByName, File.Exists(_session.KeyPath));
    }

    [Fact]
    public async Task A_file_that_cannot_be_deleted_is_told_when_the_task_was_stopped()
    {
        Directory.CreateDirectory(Folder[$"sessions/{_session.SessionId}/{SessionRecord.ProofKeyFile}/in-the-way"]);

        var error = await Assert.ThrowsAsync<FargateException>(() => CloseAsync(_session));

        Assert.Equal((FargateError.FilesNotDeleted, true), (error.Error, _session.IsClosed));
        Assert.Single(Cloud.CallsOf("StopTask"));
        Assert.False(File.Exists(_session.KeyPath));
    }

    [Fact]
    public async Task Another_task_leaves_the_session_alone()
    {
        await CloseAsync(new FargateSession(new SessionRecord { TaskArn = SampleTask.Arn + "0", Cluster = "dev" }));

        Assert.Single(_journal.ReadAll());
    }

    [Fact]
    public async Task A_reason_is_cut_to_what_ECS_takes()
    {
        await CloseAsync(_session, new string('x', 400));

        var (_, _, reason) = ((string, string, string))Assert.Single(Cloud.CallsOf("StopTask")).Input;
        Assert.Equal(255, reason.Length);
    }

    [Fact]
    public async Task Waiting_for_the_end_polls_until_the_task_is_STOPPED()
    {
        string[] statuses = ["DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"];
        Cloud.OnDescribeTasks = (_, _, before) => SampleTask.Reply(SampleTask.Of(statuses[before]));
        EventLog events = new();

        await WaitOf(TimeSpan.FromMinutes(1)).WaitAsync(_session, events, CancellationToken.None);

        Assert.Equal("STOPPED", _session.Status);
        Assert.Equal(statuses, events.Events.OfType<PhaseSeen>().Select(phase => phase.Phase));
    }

    [Fact]
    public async Task A_task_that_ECS_has_forgotten_needs_no_waiting()
    {
        await WaitOf(TimeSpan.FromMinutes(1)).WaitAsync(_session, new EventLog(), CancellationToken.None);

        Assert.Equal("STOPPED", _session.Status);
    }

    [Fact]
    public async Task Waiting_for_the_end_outlasts_throttling_and_a_transient_failure()
    {
        Cloud.OnDescribeTasks = (_, _, before) => before switch
        {
            0 or 1 or 2 or 3 => throw SampleTask.Throttled(),
            4 or 5 => throw SampleTask.ServiceFailed(),
            _ => SampleTask.Reply(SampleTask.Of("STOPPED")),
        };

        await WaitOf(TimeSpan.FromMinutes(1)).WaitAsync(_session, new EventLog(), CancellationToken.None);

        Assert.Equal("STOPPED", _session.Status);
        Assert.Equal(7, Cloud.CallsOf("DescribeTasks").Count);
    }

    [Fact]
    public async Task Waiting_for_the_end_gives_up_on_a_failure_that_lasts()
    {
        Cloud.OnDescribeTasks = (_, _, _) => throw SampleTask.ServiceFailed();

        var error = await Assert.ThrowsAsync<FargateException>(
            () => WaitOf(TimeSpan.FromMinutes(1)).WaitAsync(_session, new EventLog(), CancellationToken.None));

        Assert.Equal(FargateError.ServiceFailed, error.Error);
        Assert.Equal(3, Cloud.CallsOf("DescribeTasks").Count);
    }

    [Fact]
    public async Task A_session_without_an_answer_to_RunTask_is_stopped_by_its_id()
    {
        Cloud.OnListTasks = () => [SampleTask.Arn];

        await Closer.CloseAsync(Unanswered(DateTimeOffset.UtcNow), "test");

        Assert.Equal(("dev", _session.SessionId), Assert.Single(Cloud.CallsOf("ListTasks")).Input);
        Assert.Single(Cloud.CallsOf("StopTask"));
        AssertForgotten();
    }

    [Fact]
    public async Task A_task_that_is_found_by_its_id_and_cannot_be_stopped_is_remembered_by_its_ARN()
    {
        var session = Unanswered(DateTimeOffset.UtcNow);
        _journal.Write(SampleRecord.Of(_session.SessionId));
        Cloud.OnListTasks = () => [SampleTask.Arn];
        Cloud.OnStopTask = _ => throw SampleTask.ServiceFailed();

        await Assert.ThrowsAsync<FargateException>(() => Closer.CloseAsync(session, "test"));

        Assert.Equal(SampleTask.Arn, Assert.Single(_journal.ReadAll()).TaskArn);
    }

    [Fact]
    public async Task Without_a_task_of_its_id_a_session_of_some_age_is_only_forgotten()
    {
        var session = Unanswered(DateTimeOffset.UtcNow.AddMinutes(-2));

        await Closer.CloseAsync(session, "test");

        Assert.Equal("STOPPED", session.Status);
        Assert.Empty(Cloud.CallsOf("StopTask"));
        AssertForgotten();
    }

    [Fact]
    public async Task Without_a_task_of_its_id_a_young_session_stays_remembered()
    {
        var error = await Assert.ThrowsAsync<FargateException>(
            () => Closer.CloseAsync(Unanswered(DateTimeOffset.UtcNow), "test"));

        Assert.Equal(FargateError.StopFailed, error.Error);
        Assert.Single(_journal.ReadAll());
    }

    [Fact]
    public async Task A_session_that_cannot_be_searched_for_stays_remembered()
    {
        Cloud.OnListTasks = () => throw SampleTask.AccessDenied("ecs:ListTasks");

        var error = await Assert.ThrowsAsync<FargateException>(
            () => Closer.CloseAsync(Unanswered(DateTimeOffset.UtcNow.AddDays(-1)), "test"));

        Assert.Contains("It is not known whether", error.Message, StringComparison.Ordinal);
        Assert.Single(_journal.ReadAll());
    }

    [Fact]
    public async Task A_task_that_does_not_stop_in_time_is_an_error()
    {
        Cloud.OnDescribeTasks = (_, _, _) => SampleTask.Reply(SampleTask.Of("DEACTIVATING"));

        var error = await Assert.ThrowsAsync<FargateException>(
            () => WaitOf(TimeSpan.FromMilliseconds(200)).WaitAsync(_session, new EventLog(), CancellationToken.None));

        Assert.Equal(FargateError.StopFailed, error.Error);
        Assert.Contains("still DEACTIVATING after 0.2 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_for_the_end_can_be_cancelled()
    {
        using CancellationTokenSource cancellation = new();
        Cloud.OnDescribeTasks = (_, _, _) =>
        {
            cancellation.Cancel();
            return SampleTask.Reply(SampleTask.Of("STOPPING"));
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => WaitOf(TimeSpan.FromMinutes(1)).WaitAsync(_session, new EventLog(), cancellation.Token));
    }

    private FargateSession Unanswered(DateTimeOffset createdAt) =>
        _journal.SessionOf(SampleRecord.Of(_session.SessionId) with { CreatedAt = createdAt });

    private SessionCloser Closer => new(Cloud, _journal)
    {
        RetryPause = TimeSpan.FromMilliseconds(5),
        Search = new TaskSearch(Cloud) { Limit = TimeSpan.Zero },
    };

    private StoppedWait WaitOf(TimeSpan limit) => new(Cloud)
    {
        PollInterval = TimeSpan.FromMilliseconds(5),
        ThrottledInterval = TimeSpan.FromMilliseconds(5),
        Limit = limit,
    };

    private Task CloseAsync(FargateSession session, string reason = "test") => Closer.CloseAsync(session, reason);

    private void AssertForgotten() => Assert.Empty(Directory.EnumerateFileSystemEntries(Folder["sessions"]));
}
