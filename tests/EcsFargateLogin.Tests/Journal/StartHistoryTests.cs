using System.Text.Json.Nodes;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Model;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Journal;

public sealed class StartHistoryTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();

    private StartHistory History => new(_folder.Path) { LockLimit = TimeSpan.FromMinutes(1) };

    private string FilePath => _folder["starts.json"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_start_is_kept_with_what_it_was_and_completed_later()
    {
        var session = Ready("fl-abcdefghjk");
        Assert.Null(await RecordAsync(session));
        session.Timing.Shell = session.Timing.Banner + TimeSpan.FromSeconds(1);
        Assert.Null(await RecordAsync(session));

        var (starts, fault) = History.Read();

        Assert.Null(fault);
        var start = Assert.Single(starts);
        Assert.Equal(FargateStart.Of(session), start);
        Assert.Equal(
            ("rails-cli:7", "dev", "eu-central-1", 1024, 2048), (start.TaskDefinition, start.Cluster, start.Region, start.Cpu, start.Memory));
        Assert.Equal("network 5.0 s, pull 15.0 s, container 2.0 s, server 3.0 s, shell 1.0 s", start.Phases.ToString());
    }

    [Fact]
    public async Task Only_a_session_that_this_process_started_and_that_has_answered_is_kept()
    {
        var other = SampleTask.Session();
        other.Timing.Banner = Start;
        var unanswered = Ready("fl-abcdefghjm");
        unanswered.Timing.Banner = null;

        Assert.Null(await RecordAsync(other, unanswered));

        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public async Task What_a_killed_writer_has_left_is_swept_where_nobody_writes()
    {
        await RecordAsync(Ready("fl-abcdefghjk"));
        var left = _folder.Write("starts.json.uvcuqgsq.vkq", "{");
        SessionJournal journal = new(_folder["sessions"]);
        using (OwnerOnly.LockFile(_folder["starts.lock"]))
        {
            journal.Sweep();
            Assert.True(File.Exists(left));
        }

        journal.Sweep();

        Assert.False(File.Exists(left));
        Assert.Single(History.Read().Starts);
    }

    [Fact]
    public async Task The_newest_200_are_kept()
    {
        await RecordAsync([.. Enumerable.Range(0, StartHistory.Limit).Select(n => Ready($"fl-old{n}", Start.AddMinutes(n)))]);
        await RecordAsync(Ready("fl-new", Start.AddDays(1)));

        var ids = History.Read().Starts.Select(start => start.SessionId).ToList();

        Assert.Equal(StartHistory.Limit, ids.Count);
        Assert.Equal(("fl-new", "fl-old199", "fl-old1"), (ids[0], ids[1], ids[^1]));
    }

    [Fact]
    public async Task Many_writers_at_once_lose_nothing_and_leave_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(n => Task.Run(async () =>
            Assert.Null(await RecordAsync(Ready($"fl-writer{n}", Start.AddMinutes(n)))))));

        Assert.Equal(40, History.Read().Starts.Count);
        Assert.Equal(
            ["starts.json", "starts.lock"],
            Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task It_is_the_owner_s_alone_and_holds_no_secret_and_no_account()
    {
        await RecordAsync(Ready("fl-abcdefghjk"));

        Assert.Null(OwnerOnly.FaultOf(FilePath));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        }

        var text = await File.ReadAllTextAsync(FilePath);
        Assert.DoesNotContain("123456789012", text, StringComparison.Ordinal);
        Assert.Equal(
            ["cluster", "cpu", "createdAt", "memory", "phases", "reason", "region", "route", "sessionId", "taskDefinition", "transport"],
            JsonNode.Parse(text)!["starts"]![0]!.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"version\":1")]
    [InlineData("{\"version\":1,\"starts\":7}")]
    [InlineData("{\"version\":\"1\",\"starts\":[]}")]
    [InlineData("{\"version\":0,\"starts\":[]}")]
    [InlineData("{\"version\":1,\"starts\":[{\"sessionId\":1}]}")]
    public async Task A_damaged_file_is_ignored_with_its_reason_and_begins_anew(string content)
    {
        _folder.Write("starts.json", content);

        var (starts, fault) = History.Read();
        Assert.Empty(starts);
        Assert.Contains("it is damaged", fault, StringComparison.Ordinal);
        Assert.Contains("begins anew", await RecordAsync(Ready("fl-abcdefghjk")), StringComparison.Ordinal);
        Assert.Single(History.Read().Starts);
    }

    [Fact]
    public async Task The_file_of_a_later_version_is_ignored_and_stays()
    {
        const string Later = "{\"version\":2,\"starts\":{}}";
        _folder.Write("starts.json", Later);

        Assert.Contains("a later version", History.Read().Fault, StringComparison.Ordinal);
        Assert.Contains("a later version", await RecordAsync(Ready("fl-abcdefghjk")), StringComparison.Ordinal);
        Assert.Equal(Later, await File.ReadAllTextAsync(FilePath));
    }

    [Theory]
    [InlineData("sessionId", "\"../../x\"")]
    [InlineData("cluster", "\"\\u001b[31m\"")]
    [InlineData("taskDefinition", "null")]
    [InlineData("phases", "{\"pull\":\"-00:00:01\"}")]
    public async Task An_entry_that_is_no_start_is_left_out(string member, string value)
    {
        await RecordAsync(Ready("fl-abcdefghjk"), Ready("fl-abcdefghjm"));
        var content = JsonNode.Parse(await File.ReadAllTextAsync(FilePath))!;
        content["starts"]![0]![member] = JsonNode.Parse(value);
        await File.WriteAllTextAsync(FilePath, content.ToJsonString());

        Assert.Single(History.Read().Starts);
    }

    [Fact]
    public async Task A_file_that_others_may_write_is_not_believed()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await RecordAsync(Ready("fl-abcdefghjk"));
        File.SetUnixFileMode(FilePath, (UnixFileMode)0b110_110_110);

        var (starts, fault) = History.Read();

        Assert.Empty(starts);
        Assert.Contains("not used: it", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lock_that_is_held_and_a_folder_that_is_missing_are_reasons_and_no_errors()
    {
        using (OwnerOnly.LockFile(_folder["starts.lock"]))
        {
            StartHistory busy = new(_folder.Path) { LockLimit = TimeSpan.Zero };
            Assert.Contains("not kept", await busy.RecordAsync([Ready("fl-abcdefghjk")], CancellationToken.None), StringComparison.Ordinal);
        }

        StartHistory nowhere = new(_folder["none"]);
        Assert.Equal((0, null), (nowhere.Read().Starts.Count, nowhere.Read().Fault));
        Assert.Contains("not kept", await nowhere.RecordAsync([Ready("fl-abcdefghjk")], CancellationToken.None), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_usual_time_is_the_median_without_the_shell_for_the_family_in_the_region()
    {
        FargateSession[] sessions = [Ready("fl-one", server: 1), Ready("fl-two", server: 3), Ready("fl-three", server: 60)];
        sessions[0].Timing.Shell = sessions[0].Timing.Banner + TimeSpan.FromMinutes(5);
        await RecordAsync(sessions);
        var starts = History.Read().Starts;

        Assert.Equal(TimeSpan.FromSeconds(25), StartHistory.UsualOf(starts, "rails-cli", "eu-central-1"));
        Assert.Equal(
            TimeSpan.FromSeconds(25),
            StartHistory.UsualOf(starts, "arn:aws:ecs:eu-central-1:123456789012:task-definition/rails-cli:9", "eu-central-1"));
        Assert.Null(StartHistory.UsualOf(starts, "rails", "eu-central-1"));
        Assert.Null(StartHistory.UsualOf(starts, "rails-cli", "eu-west-1"));
        Assert.Null(StartHistory.UsualOf(starts.Take(1), "rails-cli", "eu-central-1"));
    }

    private Task<string?> RecordAsync(params FargateSession[] sessions) => History.RecordAsync(sessions, CancellationToken.None);

    /// <summary>A session that this process has started, and whose server has answered.</summary>
    internal static FargateSession Ready(string sessionId, DateTimeOffset? createdAt = null, double server = 3)
    {
        var record = SampleTask.Session().Record with { SessionId = sessionId };
        RunTaskRequest runTask = new()
        {
            Cluster = "dev",
            TaskDefinition = "rails-cli",
            Subnets = ["subnet-1"],
            ContainerName = "cli",
            StartedBy = sessionId,
            ClientToken = "0123",
        };
        FargateSession session = new(record)
        {
            Plan = new StartPlan(new SessionRequest { Cluster = "dev", TaskDefinition = "rails-cli", Subnets = ["subnet-1"] }, runTask),
        };
        var task = SampleTask.Of("RUNNING") with
        {
            CreatedAt = Start,
            ConnectivityAt = Start.AddSeconds(5),
            PullStoppedAt = Start.AddSeconds(20),
            StartedAt = Start.AddSeconds(22),
            Size = new() { Cpu = 1024, Memory = 2048 },
        };
        session.Begin(task, new StartAttempt(runTask, createdAt ?? Start));
        session.Timing.Banner = session.Timing.Accepted + TimeSpan.FromSeconds(22 + server);
        return session;
    }
}
