using EcsFargateLogin.Sessions.Journals;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Sessions;

public sealed class JournalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Journal _journal;

    public JournalTests() => _journal = new Journal(_folder["state/sessions"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_entry_is_read_as_it_was_written()
    {
        var entry = SampleEntry.Of(_journal.Open());

        _journal.Write(entry);

        Assert.Equal(entry, Assert.Single(_journal.ReadAll()));
    }

    [Fact]
    public void A_journal_that_was_never_written_is_empty() => Assert.Empty(_journal.ReadAll());

    [Fact]
    public void What_is_no_entry_is_left_out()
    {
        var good = Write();
        FileOf(_journal.Open(), "");
        FileOf(_journal.Open(), "null");
        FileOf(_journal.Open(), "{ \"sessionId\": ");
        FileOf(_journal.Open(), "{}");
        FileOf(_journal.Open(), "[1, 2]");
        var foreign = _journal.Open();
        _journal.Write(SampleEntry.Of(foreign));
        FileOf(foreign, File.ReadAllText(EntryOf(foreign)).Replace("\"dev\"", "null", StringComparison.Ordinal));
        _journal.Open();
        var copy = Path.Combine(_folder["state/sessions"], "copy");
        Directory.CreateDirectory(copy);
        File.Copy(EntryOf(good.SessionId), Path.Combine(copy, "session.json"));
        File.WriteAllText(Path.Combine(_folder["state/sessions"], "stray"), "");

        Assert.Equal(good, Assert.Single(_journal.ReadAll()));
    }

    [Fact]
    public async Task Readers_see_whole_entries_while_several_write()
    {
        var entry = Write();
        using CancellationTokenSource done = new();
        var reading = Task.Run(() =>
        {
            var reads = 0;
            while (!done.IsCancellationRequested)
            {
                Assert.Equal(entry.SessionId, Assert.Single(_journal.ReadAll()).SessionId);
                reads++;
            }

            return reads;
        });

        await Parallel.ForAsync(0, 60, (number, _) =>
        {
            _journal.Write(entry with { TaskArn = $"{SampleTask.Arn}{number}" });
            return ValueTask.CompletedTask;
        });
        await done.CancelAsync();

        Assert.True(await reading > 0);
        Assert.Equal(
            ["owner.json", "session.json"],
            Directory.GetFiles(Path.GetDirectoryName(EntryOf(entry.SessionId))!).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Closing_takes_everything_of_the_session_and_can_be_repeated()
    {
        var (closed, open) = (Write(), Write());
        File.WriteAllText(_journal.KeyPathOf(closed.SessionId), "a key");
        File.WriteAllText(_journal.KnownHostsPathOf(closed.SessionId), "a host");

        _journal.Close(closed.SessionId);
        _journal.Close(closed.SessionId);

        Assert.Equal(open, Assert.Single(_journal.ReadAll()));
        Assert.False(Directory.Exists(Path.GetDirectoryName(_journal.KeyPathOf(closed.SessionId))));
    }

    [Fact]
    public void Writing_to_a_session_that_is_closed_is_an_error()
    {
        var entry = Write();
        _journal.Close(entry.SessionId);

        var error = Assert.Throws<FargateException>(() => _journal.Write(entry));

        Assert.Equal(FargateError.JournalUnavailable, error.Error);
    }

    [Fact]
    public void Ids_are_short_and_their_own()
    {
        string[] ids = [.. Enumerable.Range(0, 50).Select(_ => _journal.Open())];

        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^fl-[a-z0-9]{10}$", id));
    }

    [Theory]
    [InlineData(SampleTask.Arn, true)]
    [InlineData(SampleTask.Id, true)]
    [InlineData("9abcdef0123456789abcdef", false)]
    public void A_session_is_found_by_its_task(string task, bool isFound)
    {
        _journal.Write(SampleEntry.Of(_journal.Open()));
        var entry = SampleEntry.Of(_journal.Open(), SampleTask.Arn);
        _journal.Write(entry);

        Assert.Equal(isFound ? entry : null, _journal.FindByTask(task));
    }

    [Theory]
    [InlineData(3600, 3600)]
    [InlineData(0, null)]
    [InlineData(null, null)]
    public void A_session_ends_as_long_after_its_start_as_it_was_given(int? lifetime, int? seconds)
    {
        var session = _journal.SessionOf(SampleEntry.Of("fl-abcdefghjk", SampleTask.Arn) with { MaxLifetime = lifetime });
        Assert.Null(session.EndsAt);
        var startedAt = session.CreatedAt.AddSeconds(40);

        session.Update(SampleTask.Of("RUNNING") with { StartedAt = startedAt });

        Assert.Equal(seconds, (session.EndsAt - startedAt)?.TotalSeconds);
    }

    [Fact]
    public void A_remembered_session_is_the_one_that_was_started()
    {
        var entry = SampleEntry.Of("fl-abcdefghjk", SampleTask.Arn) with { Port = 2222, AssignPublicIp = false };

        var session = _journal.SessionOf(entry);

        Assert.Equal((entry.SessionId, entry.TaskArn, "dev", 2222, "root"),
            (session.SessionId, session.TaskArn, session.Cluster, session.Port, session.UserName));
        Assert.Equal(("eu-central-1", "ops", entry.EndpointUrl, entry.CreatedAt, false),
            (session.Region, session.ProfileName, session.EndpointUrl, session.CreatedAt, session.AssignPublicIp));
        Assert.Equal(_folder["state/sessions/fl-abcdefghjk/id_ed25519"], session.KeyPath);
        Assert.Equal(_folder["state/sessions/fl-abcdefghjk/known_hosts"], session.KnownHostsPath);
    }

    private JournalEntry Write()
    {
        var entry = SampleEntry.Of(_journal.Open());
        _journal.Write(entry);
        return entry;
    }

    private string EntryOf(string sessionId) => Path.Combine(_folder["state/sessions"], sessionId, "session.json");

    private void FileOf(string sessionId, string text) => File.WriteAllText(EntryOf(sessionId), text);
}
