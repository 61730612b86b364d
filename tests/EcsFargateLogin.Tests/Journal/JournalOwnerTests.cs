using System.Diagnostics;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Journal;

/// <summary>The permissions of the journal, the owner of a session, and the removal of files without an owner.</summary>
public sealed class JournalOwnerTests : IDisposable
{
    private const UnixFileMode OwnerOnlyFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryFolder _folder = new();
    private readonly SessionJournal _journal;

    public JournalOwnerTests() => _journal = new SessionJournal(_folder["state/sessions"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Nobody_but_the_owner_can_read_it()
    {
        Directory.CreateDirectory(_folder["state/sessions"]);
        var sessionId = _journal.Open();
        _journal.Write(SampleRecord.Of(sessionId));

        Assert.Equal(OwnerOnlyFolder, File.GetUnixFileMode(_folder["state/sessions"]));
        Assert.Equal(OwnerOnlyFolder, File.GetUnixFileMode(FolderOf(sessionId)));
        Assert.Equal(2, Directory.GetFiles(FolderOf(sessionId)).Length);
        Assert.All(Directory.GetFiles(FolderOf(sessionId)), file => Assert.Equal(OwnerOnlyFile, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task A_session_is_owned_for_as_long_as_one_of_its_owners_lives()
    {
        var sessionId = _journal.Open();
        Assert.Equal(SessionOwner.ThisProcess, _journal.OwnerOf(sessionId));

        using var first = OwnElsewhere(sessionId);
        using var second = OwnElsewhere(sessionId);
        Assert.Equal(SessionOwner.ThisProcess, _journal.OwnerOf(sessionId));
        _journal.Release(sessionId);
        Assert.Equal(SessionOwner.OtherProcess, _journal.OwnerOf(sessionId));

        await KillAsync(first);
        Assert.Equal(SessionOwner.OtherProcess, _journal.OwnerOf(sessionId));
        await KillAsync(second);
        Assert.Equal(SessionOwner.Orphaned, _journal.OwnerOf(sessionId));

        _journal.Claim(sessionId);
        Assert.Equal(SessionOwner.ThisProcess, _journal.OwnerOf(sessionId));
        Assert.Single(Directory.GetFiles(FolderOf(sessionId)));
    }

    [Fact]
    public void A_session_tells_who_owns_it_at_the_moment()
    {
        var sessionId = _journal.Open();
        _journal.Write(SampleRecord.Of(sessionId));
        var session = _journal.SessionOf(_journal.Find(sessionId)!);
        Assert.Equal(SessionOwner.ThisProcess, session.Owner);

        _journal.Release(sessionId);
        Assert.Equal(SessionOwner.Orphaned, session.Owner);

        _journal.Close(sessionId);
        Assert.Equal(SessionOwner.Elsewhere, session.Owner);
    }

    [Fact]
    public void Many_ask_at_once_and_none_takes_another_for_an_owner()
    {
        var sessionId = _journal.Open();
        _journal.Release(sessionId);
        File.WriteAllText(Path.Combine(FolderOf(sessionId), "owner-left"), "");

        Parallel.For(0, 2000, _ => Assert.Equal(SessionOwner.Orphaned, _journal.OwnerOf(sessionId)));
    }

    [Fact]
    public void Many_own_and_release_at_once_and_nobody_takes_a_session_that_is_owned_for_left_over()
    {
        var sessionId = _journal.Open();

        Parallel.For(0, 200, number =>
        {
            if (number % 2 == 0)
            {
                using var other = OwnElsewhere(sessionId);
                Assert.NotEqual(SessionOwner.Orphaned, _journal.OwnerOf(sessionId));
                other.Kill();
            }
            else
            {
                _journal.Claim(sessionId);
                _journal.Sweep();
                Assert.Equal(SessionOwner.ThisProcess, _journal.OwnerOf(sessionId));
            }
        });
    }

    [Fact]
    public void What_dead_processes_had_begun_is_swept_and_nothing_else()
    {
        var begun = _journal.Open();
        File.WriteAllText(_journal.KeyPathOf(begun), "a key");
        Leave(begun);
        var started = _journal.Open();
        _journal.Write(SampleRecord.Of(started));
        Leave(started);
        var damaged = _journal.Open();
        File.WriteAllText(Path.Combine(FolderOf(damaged), "session.json"), "");
        Leave(damaged);
        var mine = _journal.Open();
        var theirs = _journal.Open();
        using var other = OwnElsewhere(theirs);
        _journal.Release(theirs);
        var young = Unowned(DateTime.UtcNow);
        var old = Unowned(DateTime.UtcNow.AddHours(-2));
        Directory.CreateDirectory(FolderOf("not-a-session"));
        Directory.SetLastWriteTimeUtc(FolderOf("not-a-session"), DateTime.UtcNow.AddHours(-2));

        _journal.Sweep();

        Assert.False(Directory.Exists(FolderOf(begun)));
        Assert.False(Directory.Exists(FolderOf(old)));
        Assert.All(
            [started, damaged, mine, theirs, young, "not-a-session"], id => Assert.True(Directory.Exists(FolderOf(id)), id));
        other.Kill();
    }

    [Theory]
    [InlineData("")]
    [InlineData("sessions")]
    [InlineData("sessions/ID")]
    [InlineData("sessions/ID/session.json")]
    public void What_others_may_write_is_not_believed(string path)
    {
        var sessionId = _journal.Open();
        _journal.Write(SampleRecord.Of(sessionId));
        path = Path.Combine(_folder["state"], path.Replace("ID", sessionId, StringComparison.Ordinal));
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.GroupWrite);

        AssertNotBelieved(sessionId, path, "it can be written by others than its owner");
    }

    [RootTheory]
    [InlineData("", false)]
    [InlineData("sessions", false)]
    [InlineData("sessions/ID", false)]
    [InlineData("sessions/ID", true)]
    [InlineData("sessions/ID/session.json", false)]
    public async Task What_another_user_has_put_there_is_not_believed(string path, bool isLink)
    {
        var sessionId = _journal.Open();
        _journal.Write(SampleRecord.Of(sessionId));
        path = Path.Combine(_folder["state"], path.Replace("ID", sessionId, StringComparison.Ordinal));
        if (isLink)
        {
            Directory.Move(path, _folder["moved"]);
            Directory.CreateSymbolicLink(path, _folder["moved"]);
        }

        await RunningProgram.RunAsync("chown", "-h", "65534", path);

        AssertNotBelieved(sessionId, path, "it belongs to another user (uid 65534)");
    }

    [Fact]
    public async Task Any_number_may_open_write_list_and_close_at_once()
    {
        var shared = _journal.Open();
        _journal.Write(SampleRecord.Of(shared));

        await Parallel.ForAsync(0, 200, (number, _) =>
        {
            SessionJournal journal = new(_folder["state/sessions"]);
            var sessionId = journal.Open();
            journal.Write(SampleRecord.Of(sessionId));
            Assert.Contains(journal.ReadAll(), entry => entry.SessionId == sessionId);
            journal.Sweep();
            journal.Close(sessionId);
            if (number > 100)
            {
                journal.Close(shared);
            }

            return ValueTask.CompletedTask;
        });

        Assert.Empty(Directory.GetFileSystemEntries(_folder["state/sessions"]));
    }

    [Theory]
    [InlineData("../../etc")]
    [InlineData("fl-../x")]
    [InlineData("")]
    [InlineData("fl-abc\n")]
    public void An_id_that_is_none_names_no_session(string sessionId) => Assert.Null(_journal.Find(sessionId));

    private void AssertNotBelieved(string sessionId, string path, string why)
    {
        if (path.Contains(sessionId, StringComparison.Ordinal))
        {
            Assert.Empty(_journal.ReadAll());
            Assert.Null(_journal.Find(sessionId));
            Assert.Contains(why, Assert.Single(_journal.ReadDamaged()).Why, StringComparison.Ordinal);
            return;
        }

        path = path.TrimEnd('/');
        Assert.All((Action[])[() => _journal.ReadAll(), () => _journal.Find(sessionId), () => _journal.Open(), _journal.Sweep], use =>
        {
            var error = Assert.Throws<FargateException>(use);
            Assert.Equal((FargateError.JournalUnavailable, path), (error.Error, error.Target));
            Assert.Contains(why, error.Message, StringComparison.Ordinal);
        });
    }

    private string Unowned(DateTime lastWrite)
    {
        var sessionId = _journal.Open();
        _journal.Release(sessionId);
        Directory.SetLastWriteTimeUtc(FolderOf(sessionId), lastWrite);
        return sessionId;
    }

    /// <summary>Leaves the files as a killed process leaves them.</summary>
    private void Leave(string sessionId)
    {
        _journal.Release(sessionId);
        File.WriteAllText(Path.Combine(FolderOf(sessionId), "owner-left"), "");
    }

    /// <summary>A process that owns the session as well: it has locked a file, as flock(1) does.</summary>
    private Process OwnElsewhere(string sessionId)
    {
        var temporary = Path.Combine(FolderOf(sessionId), Path.GetRandomFileName());
        var process = Process.Start(new ProcessStartInfo("flock", ["--no-fork", temporary, "sh", "-c", "echo locked; exec sleep 60"])
        {
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("locked", process.StandardOutput.ReadLine());
        File.Move(temporary, Path.Combine(FolderOf(sessionId), $"owner-{Path.GetRandomFileName()}"));
        return process;
    }

    private static async Task KillAsync(Process process)
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    private string FolderOf(string sessionId) => Path.Combine(_folder["state/sessions"], sessionId);
}
