using System.Text.Json;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Model;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Journal;

public sealed class JournalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SessionJournal _journal;

    public JournalTests() => _journal = new SessionJournal(_folder["state/sessions"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_entry_is_read_as_it_was_written()
    {
        var entry = SampleRecord.Of(_journal.Open());

        _journal.Write(entry);

        Assert.Equal(entry, Assert.Single(_journal.ReadAll()));
    }

    [Fact]
    public void A_journal_that_was_never_written_is_empty() => Assert.Empty(_journal.ReadAll());

    [Fact]
    public void An_entry_tells_its_version_and_has_words_for_what_is_chosen()
    {
        var entry = SampleRecord.Of(_journal.Open()) with { Transport = FargateTransport.Auto, KeyType = SshKeyType.Rsa };

        _journal.Write(entry);

        using var json = JsonDocument.Parse(File.ReadAllText(EntryOf(entry.SessionId)));
        Assert.Equal(
            (1, "Auto", "Rsa"),
            (json.RootElement.GetProperty("version").GetInt32(),
                json.RootElement.GetProperty("transport").GetString(), json.RootElement.GetProperty("keyType").GetString()));
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("null", "it is damaged")]
    [InlineData("{ \"sessionId\": ", "it is damaged")]
    [InlineData("{}", "it is damaged")]
    [InlineData("[1, 2]", "it is damaged")]
    [InlineData("{ \"version\": \"2\" }", "it is damaged")]
    [InlineData("\0\0\0\0", "it is damaged")]
    [InlineData("{ \"version\": 2, \"transport\": \"Pigeon\" }", "a later version of this module has written it")]
    public void What_is_no_entry_is_left_out_and_told_of(string text, string why)
    {
        var good = Write();
        var damaged = _journal.Open();
        FileOf(damaged, text);

        Assert.Equal(good, Assert.Single(_journal.ReadAll()));
        Assert.Equal(
            new DamagedEntry(damaged, Path.GetDirectoryName(EntryOf(damaged))!, why), Assert.Single(_journal.ReadDamaged()));
    }

    [Theory]
    [InlineData("\"dev\"", "null", "something that every session has is missing in it")]
    [InlineData("\"version\": 1", "\"version\": 0", "it is of version 0, and this module reads version 1")]
    [InlineData("\"version\": 1,", "", "it is damaged")]
    [InlineData("\"sessionId\": \"fl-", "\"sessionId\": \"fl-x", "it is of another session")]
    [InlineData("\"transport\": \"Ssh\"", "\"transport\": \"Pigeon\"", "it is damaged")]
    public void What_is_not_this_sessions_entry_is_left_out_and_told_of(string was, string becomes, string why)
    {
        var id = Write().SessionId;
        FileOf(id, File.ReadAllText(EntryOf(id)).Replace(was, becomes, StringComparison.Ordinal));

        Assert.Empty(_journal.ReadAll());
        Assert.Equal(why, Assert.Single(_journal.ReadDamaged()).Why);
        Assert.Equal((SessionOwner.ThisProcess, "UNKNOWN"), (SessionJournal.SessionOf(_journal.FindDamaged(id)!).Owner,
            SessionJournal.SessionOf(_journal.FindDamaged(id)!).Status));
    }

    [Fact]
    public void What_is_no_session_is_left_out()
    {
        var good = Write();
        _journal.Open();
        var copy = Path.Combine(_folder["state/sessions"], "copy");
        Directory.CreateDirectory(copy);
        File.Copy(EntryOf(good.SessionId), Path.Combine(copy, "session.json"));
        File.WriteAllText(Path.Combine(_folder["state/sessions"], "stray"), "");

        Assert.Equal(good, Assert.Single(_journal.ReadAll()));
        Assert.Empty(_journal.ReadDamaged());
    }

    [Theory]
    [MemberData(nameof(KeyTypes))]
    public void A_key_of_any_type_is_deleted_and_its_session_stays(SshKeyType type)
    {
        var entry = Write();
        File.WriteAllText(_journal.KeyPathOf(entry.SessionId, type), "a key");

        _journal.DeleteKey(entry.SessionId);
        _journal.DeleteKey("fl-nobody");

        Assert.False(File.Exists(_journal.KeyPathOf(entry.SessionId, type)));
        Assert.Single(_journal.ReadAll());
    }

    public static TheoryData<SshKeyType> KeyTypes => [.. Enum.GetValues<SshKeyType>()];

    [Fact]
    public void A_file_that_cannot_be_deleted_is_named_and_the_key_is_gone_all_the_same()
    {
        var entry = Write();
        var proofKey = Path.Combine(Path.GetDirectoryName(EntryOf(entry.SessionId))!, SessionRecord.ProofKeyFile);
        File.WriteAllText(_journal.KeyPathOf(entry.SessionId), "a key");
        Directory.CreateDirectory(Path.Combine(proofKey, "in-the-way"));

        var error = Assert.Throws<FargateException>(() => _journal.Close(entry.SessionId));

        Assert.Equal((FargateError.FilesNotDeleted, proofKey), (error.Error, error.Target));
        Assert.False(File.Exists(_journal.KeyPathOf(entry.SessionId)));
        Assert.Equal(entry.SessionId, Assert.Single(_journal.ReadAll()).SessionId);
    }

    [Fact]
    public void A_folder_in_place_of_an_entry_is_told_and_goes_with_the_session()
    {
        var entry = Write();
        File.Delete(EntryOf(entry.SessionId));
        Directory.CreateDirectory(Path.Combine(EntryOf(entry.SessionId), "in-the-way"));
        Assert.Equal("it is a folder", Assert.Single(_journal.ReadDamaged()).Why);

        _journal.Close(entry.SessionId);

        Assert.Empty(_journal.ReadDamaged());
        Assert.False(Directory.Exists(Path.GetDirectoryName(EntryOf(entry.SessionId))));
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
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(EntryOf(entry.SessionId))!, "*session*"));
    }

    [Fact]
    public void Closing_takes_everything_of_the_session_and_can_be_repeated()
    {
        var (closed, open) = (Write(), Write());
        File.WriteAllText(_journal.KeyPathOf(closed.SessionId), "a key");
        File.WriteAllText(_journal.SessionOf(closed).KnownHostsPath!, "a host");

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
        _journal.Write(SampleRecord.Of(_journal.Open()));
        var entry = SampleRecord.Of(_journal.Open(), SampleTask.Arn);
        _journal.Write(entry);

        Assert.Equal(isFound ? entry : null, _journal.FindByTask(task));
    }

    [Theory]
    [InlineData(3600, 3600)]
    [InlineData(0, null)]
    [InlineData(null, null)]
    public void A_session_ends_as_long_after_its_start_as_it_was_given(int? lifetime, int? seconds)
    {
        var session = _journal.SessionOf(SampleRecord.Of("fl-abcdefghjk", SampleTask.Arn) with
        {
            Limits = new SessionLimits { MaxLifetime = lifetime },
        });
        Assert.Null(session.EndsAt);
        var startedAt = session.CreatedAt.AddSeconds(40);

        session.Update(SampleTask.Of("RUNNING") with { StartedAt = startedAt });

        Assert.Equal(seconds, (session.EndsAt - startedAt)?.TotalSeconds);
    }

    [Fact]
    public void A_remembered_session_is_the_one_that_was_started()
    {
        var entry = SampleRecord.Of("fl-abcdefghjk", SampleTask.Arn) with { Port = 2222, AssignPublicIp = false };

        var session = _journal.SessionOf(entry);

        Assert.Equal((entry.SessionId, entry.TaskArn, "dev", 2222, "root"),
            (session.SessionId, session.TaskArn, session.Cluster, session.Port, session.UserName));
        Assert.Equal(("eu-central-1", "ops", entry.Connection.EndpointUrl, entry.CreatedAt, false),
            (session.Region, session.ProfileName, session.EndpointUrl, session.CreatedAt, session.Record.AssignPublicIp));
        Assert.Equal(_folder["state/sessions/fl-abcdefghjk/id_ed25519"], session.KeyPath);
        Assert.Equal(_folder["state/sessions/fl-abcdefghjk/known_hosts"], session.KnownHostsPath);
    }

    private SessionRecord Write()
    {
        var entry = SampleRecord.Of(_journal.Open());
        _journal.Write(entry);
        return entry;
    }

    private string EntryOf(string sessionId) => Path.Combine(_folder["state/sessions"], sessionId, "session.json");

    private void FileOf(string sessionId, string text) => File.WriteAllText(EntryOf(sessionId), text);
}
