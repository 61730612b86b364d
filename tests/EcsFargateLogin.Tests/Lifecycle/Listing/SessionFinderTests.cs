using EcsFargateLogin.Cloud;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Lifecycle.Listing;
using EcsFargateLogin.Model;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Lifecycle.Listing;

public sealed class SessionFinderTests : SessionTest
{
    private const string OtherArn = SampleTask.Arn + "0";

    private readonly SessionJournal _journal;

    public SessionFinderTests() => _journal = new SessionJournal(Folder["sessions"]);

    [Fact]
    public async Task What_the_journal_knows_is_joined_with_what_ECS_runs()
    {
        var entry = Remember(SampleTask.Arn);
        Cloud.OnListAllTasks = () => [SampleTask.Arn, OtherArn, SampleTask.Arn + "1"];
        Describe(
            Tagged("RUNNING", SampleTask.Arn, entry.SessionId),
            Tagged("PENDING", OtherArn, "fl-elsewhere"),
            Tagged("RUNNING", SampleTask.Arn + "1", "ecs-svc/1"));
        Cloud.OnDescribeNetworkInterfaces = _ => [SampleTask.Interface("203.0.113.1")];

        var found = await FindAsync(new SessionQuery([entry]) { Clusters = ["dev"] });

        var (mine, other) = (found.Sessions[0], found.Sessions[1]);
        Assert.Equal(2, found.Sessions.Count);
        Assert.Equal(
            (entry.SessionId, "RUNNING", SessionOwner.ThisProcess, "203.0.113.1"),
            (mine.SessionId, mine.Status, mine.Owner, mine.PublicAddress));
        Assert.Equal(
            ("fl-elsewhere", "PENDING", SessionOwner.Elsewhere, OtherArn, "eu-central-1"),
            (other.SessionId, other.Status, other.Owner, other.TaskArn, other.Region));
        Assert.Null(other.KeyPath);
        Assert.Empty(found.Errors);
        Assert.Single(Cloud.CallsOf("DescribeTasks"));
    }

    [Theory]
    [InlineData(false, false, FargateTransport.Ssh)]
    [InlineData(true, false, FargateTransport.EcsExec)]
    [InlineData(true, true, FargateTransport.Auto)]
    public async Task How_a_session_of_another_machine_can_be_reached_is_told_by_ECS_alone(
        bool enablesExecuteCommand, bool hasKey, FargateTransport expected)
    {
        Cloud.OnListAllTasks = () => [OtherArn];
        Describe(Tagged("RUNNING", OtherArn, "fl-elsewhere") with
        {
            EnablesExecuteCommand = enablesExecuteCommand,
            Overrides =
            [
                new ContainerOverride("sidecar", HasCommand: false, []),
                new ContainerOverride("shell", HasCommand: !hasKey, hasKey ? ["_AUTHORIZED_PUBLIC_KEY"] : []),
            ],
        });

        var session = Assert.Single((await FindAsync(new SessionQuery([]) { Clusters = ["dev"] })).Sessions);

        Assert.Equal((expected, "shell", null), (session.Transport, session.ContainerName, session.KeyPath));
        Assert.Equal(enablesExecuteCommand, session.HasEcsExec);
    }

    [Fact]
    public async Task A_session_with_a_task_that_has_stopped_is_forgotten()
    {
        var entry = Remember(SampleTask.Arn);
        Describe(Tagged("STOPPED", SampleTask.Arn, entry.SessionId));

        Assert.Empty((await FindAsync(new SessionQuery([entry]))).Sessions);

        Assert.False(Directory.Exists(Folder[$"sessions/{entry.SessionId}"]));
    }

    [Fact]
    public async Task A_stopped_task_does_not_end_a_session_that_is_being_given_another_one()
    {
        var entry = Remember(taskArn: null);
        Cloud.OnListTasks = () => [SampleTask.Arn];
        Describe(Tagged("STOPPED", SampleTask.Arn, entry.SessionId));
        _journal.Write(entry with { CreatedAt = DateTimeOffset.UtcNow });

        var session = Assert.Single((await FindAsync(new SessionQuery(_journal.ReadAll()))).Sessions);

        Assert.Equal("UNKNOWN", session.Status);
        Assert.Single(_journal.ReadAll());
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public async Task A_session_with_a_task_that_stopped_for_want_of_capacity_is_left_to_the_process_that_may_start_it_again(
        bool isOwned, bool isForCapacity, bool isKept)
    {
        var entry = Remember(SampleTask.Arn, processIsDead: !isOwned);
        Describe(Tagged("STOPPED", SampleTask.Arn, entry.SessionId) with
        {
            StoppedReason = isForCapacity ? "Capacity is unavailable at this time." : "Essential container in task exited",
        });

        var found = await FindAsync(new SessionQuery([entry]));

        Assert.Equal(isKept ? ["STOPPED"] : [], found.Sessions.Select(session => session.Status));
        Assert.Equal(isKept, File.Exists(_journal.KeyPathOf(entry.SessionId)));
    }

    [Fact]
    public async Task A_session_with_a_task_that_ECS_has_forgotten_is_forgotten()
    {
        var entry = Remember(SampleTask.Arn);

        Assert.Empty((await FindAsync(new SessionQuery([entry]))).Sessions);

        Assert.Empty(_journal.ReadAll());
    }

    [Fact]
    public async Task A_task_that_ECS_does_not_know_yet_is_not_forgotten()
    {
        var entry = Remember(SampleTask.Arn, DateTimeOffset.UtcNow);

        var session = Assert.Single((await FindAsync(new SessionQuery([entry]))).Sessions);

        Assert.Equal("UNKNOWN", session.Status);
        Assert.Single(_journal.ReadAll());
    }

    [Fact]
    public async Task A_task_that_is_unknown_in_another_account_is_not_forgotten()
    {
        var entry = Remember(SampleTask.Arn);
        const string Arn = "arn:aws:ecs:eu-central-1:999999999999:cluster/dev";
        Cloud.OnDescribeCluster = () => new ClusterDescription(Arn, "dev", "ACTIVE");

        var session = Assert.Single((await FindAsync(new SessionQuery([entry]))).Sessions);

        Assert.Equal("UNKNOWN", session.Status);
        Assert.Single(_journal.ReadAll());
    }

    [Fact]
    public async Task A_task_of_a_RunTask_without_answer_is_found_by_its_id_and_written_down()
    {
        var entry = Remember(taskArn: null);
        Cloud.OnListTasks = () => [SampleTask.Arn];
        Describe(Tagged("RUNNING", SampleTask.Arn, entry.SessionId));

        var session = Assert.Single((await FindAsync(new SessionQuery([entry]))).Sessions);

        Assert.Equal((SampleTask.Arn, "RUNNING"), (session.TaskArn, session.Status));
        Assert.Equal(("dev", entry.SessionId), Assert.Single(Cloud.CallsOf("ListTasks")).Input);
        Assert.Equal(entry with { TaskArn = SampleTask.Arn }, Assert.Single(_journal.ReadAll()));
    }

    [Theory]
    [InlineData(59, true)]
    [InlineData(61, false)]
    public async Task A_RunTask_without_answer_and_task_is_forgotten_after_an_hour(int minutes, bool isRemembered)
    {
        var entry = Remember(taskArn: null, DateTimeOffset.UtcNow.AddMinutes(-minutes));

        var found = await FindAsync(new SessionQuery([entry]));

        Assert.Equal(isRemembered ? ["UNKNOWN"] : [], found.Sessions.Select(session => session.Status));
        Assert.Equal(isRemembered, _journal.ReadAll().Count == 1);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("999999999999")]
    public async Task A_RunTask_without_answer_in_an_account_not_known_to_be_the_one_that_is_asked_is_remembered(string? account)
    {
        var entry = Remember(taskArn: null) with { DefinitionAccount = account };
        _journal.Write(entry);

        Assert.Equal("UNKNOWN", Assert.Single((await FindAsync(new SessionQuery([entry]))).Sessions).Status);

        Assert.Single(_journal.ReadAll());
    }

    [Fact]
    public async Task Where_AWS_cannot_be_asked_the_journal_is_listed_all_the_same()
    {
        var entry = Remember(SampleTask.Arn);
        Cloud.OnDescribeTasks = (_, _, _) => throw SampleTask.ServiceFailed();

        var found = await FindAsync(new SessionQuery([entry]));

        Assert.Equal("UNKNOWN", Assert.Single(found.Sessions).Status);
        Assert.Equal(FargateError.ServiceFailed, Assert.Single(found.Errors).Error);
        Assert.Single(_journal.ReadAll());
    }

    [Theory]
    [InlineData("dev", 0)]
    [InlineData("other", 1)]
    public async Task Only_a_cluster_that_nobody_has_named_may_be_closed_to_the_user(string unnamed, int errors)
    {
        Cloud.OnListAllTasks = () => throw SampleTask.AccessDenied("ecs:ListTasks");

        var found = await FindAsync(new SessionQuery([]) { Clusters = ["dev"], UnnamedCluster = unnamed });

        Assert.Equal(errors, found.Errors.Count);
    }

    [Fact]
    public async Task A_session_with_a_damaged_entry_is_found_by_its_id_and_is_ones_own()
    {
        var entry = Remember(SampleTask.Arn);
        File.WriteAllText(Folder[$"sessions/{entry.SessionId}/session.json"], "");
        Cloud.OnListAllTasks = () => [SampleTask.Arn];
        Describe(Tagged("RUNNING", SampleTask.Arn, entry.SessionId));

        var session = Assert.Single((await FindAsync(new SessionQuery([]) { Clusters = ["dev"] })).Sessions);

        Assert.Equal((entry.SessionId, SessionOwner.ThisProcess), (session.SessionId, session.Owner));
        await new SessionCloser(Cloud, _journal).CloseAsync(session, "test");
        Assert.False(Directory.Exists(Folder[$"sessions/{entry.SessionId}"]));
    }

    [Fact]
    public async Task A_session_asked_for_by_its_id_costs_no_list_of_all_tasks()
    {
        Cloud.OnListTasks = () => [OtherArn];
        Describe(Tagged("RUNNING", OtherArn, "fl-elsewhere"));

        var found = await FindAsync(new SessionQuery([]) { Clusters = ["dev"], Ids = ["fl-elsewhere"] });

        Assert.Equal("fl-elsewhere", Assert.Single(found.Sessions).SessionId);
        Assert.Equal(("dev", "fl-elsewhere"), Assert.Single(Cloud.CallsOf("ListTasks")).Input);
    }

    [Fact]
    public async Task Nothing_remembered_costs_no_call()
    {
        Assert.Empty((await FindAsync(new SessionQuery([]))).Sessions);

        Assert.Empty(Cloud.Calls);
    }

    [Fact]
    public async Task Earlier_sessions_are_those_of_dead_processes_that_still_run()
    {
        var running = Remember(SampleTask.Arn, processIsDead: true);
        var ended = Remember(OtherArn, processIsDead: true);
        Remember(SampleTask.Arn + "1");
        Cloud.OnDescribeTasks = (_, taskArns, _) =>
        {
            Assert.Equal([SampleTask.Arn, OtherArn], taskArns.Order());
            return SampleTask.Reply(
                Tagged("RUNNING", SampleTask.Arn, running.SessionId), Tagged("STOPPED", OtherArn, ended.SessionId));
        };

        var found = await EarlierSessions.FindAsync(Cloud, _journal, CancellationToken.None);

        Assert.Equal(
            $"1 of your sessions still runs, and the PowerShell that had charge of it is gone ({running.SessionId}): "
            + "Get-FargateSession -Mine -Orphaned lists it, Stop-FargateSession stops it.",
            EarlierSessions.WarningOf(found));
        Assert.Null(_journal.Find(ended.SessionId));
    }

    [Fact]
    public async Task Earlier_sessions_that_AWS_says_nothing_of_may_run()
    {
        string[] ids =
            [.. Enumerable.Range(0, 7).Select(number => Remember($"{SampleTask.Arn}{number}", processIsDead: true).SessionId)];
        Cloud.OnDescribeTasks = (_, _, _) => throw SampleTask.AccessDenied("ecs:DescribeTasks");

        var warning = EarlierSessions.WarningOf(await EarlierSessions.FindAsync(Cloud, _journal, CancellationToken.None));

        Assert.StartsWith(
            "7 of your sessions may still run, and the PowerShell that had charge of them is gone (fl-", warning, StringComparison.Ordinal);
        Assert.Equal(5, ids.Count(id => warning.Contains(id, StringComparison.Ordinal)));
        Assert.Contains(", …): Get-FargateSession", warning, StringComparison.Ordinal);
    }

    private Task<FoundSessions> FindAsync(SessionQuery query) =>
        new SessionFinder(Cloud, _journal).FindAsync(query, CancellationToken.None);

    private void Describe(params TaskDescription[] tasks) => Cloud.OnDescribeTasks = (_, _, _) => SampleTask.Reply(tasks);

    private static TaskDescription Tagged(string status, string arn, string id) =>
        SampleTask.Of(status, arn) with { StartedBy = id };

    private SessionRecord Remember(string? taskArn, DateTimeOffset? createdAt = null, bool processIsDead = false)
    {
        var entry = SampleRecord.Of(_journal.Open(), taskArn) with { Connection = Cloud.Connection.Aws };
        entry = createdAt is { } at ? entry with { CreatedAt = at } : entry;
        _journal.Write(entry);
        File.WriteAllText(_journal.KeyPathOf(entry.SessionId), "a key");
        if (processIsDead)
        {
            _journal.Release(entry.SessionId);
        }

        return entry;
    }
}
