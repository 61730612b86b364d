using System.Diagnostics;
using System.Text.Json;
using EcsFargateLogin.Sessions.Journals;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Sessions;

/// <summary>Who may read the journal, who has charge of a session, and what is swept when nobody has.</summary>
public sealed class JournalOwnerTests : IDisposable
{
    private const UnixFileMode OwnerOnlyFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryFolder _folder = new();
    private readonly Journal _journal;

    public JournalOwnerTests() => _journal = new Journal(_folder["state/sessions"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Nobody_but_the_owner_can_read_it()
    {
        Directory.CreateDirectory(_folder["state/sessions"]);
        var sessionId = _journal.Open();
        _journal.Write(SampleEntry.Of(sessionId));

        Assert.Equal(OwnerOnlyFolder, File.GetUnixFileMode(_folder["state/sessions"]));
        Assert.Equal(OwnerOnlyFolder, File.GetUnixFileMode(FolderOf(sessionId)));
        Assert.Equal(2, Directory.GetFiles(FolderOf(sessionId)).Length);
        Assert.All(Directory.GetFiles(FolderOf(sessionId)), file => Assert.Equal(OwnerOnlyFile, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task A_session_is_in_the_charge_of_a_process_for_as_long_as_that_lives()
    {
        var sessionId = _journal.Open();
        Assert.Equal(SessionOwner.ThisProcess, _journal.OwnerOf(sessionId));

        using var process = Process.Start("sleep", "60");
        Own(sessionId, ProcessIdentity.Of(process.Id));
        Assert.Equal(SessionOwner.OtherProcess, _journal.OwnerOf(sessionId));

        process.Kill();
        await process.WaitForExitAsync();
        Assert.Equal(SessionOwner.Orphaned, _journal.OwnerOf(sessionId));

        _journal.Claim(sessionId);
        Assert.Equal(SessionOwner.ThisProcess, _journal.OwnerOf(sessionId));
    }

    [Fact]
    public void A_session_that_is_closed_meanwhile_is_not_left_over()
    {
        var sessionId = _journal.Open();
        _journal.Close(sessionId);

        Assert.Equal(SessionOwner.OtherProcess, _journal.OwnerOf(sessionId));
    }

    [Fact]
    public void A_later_process_of_the_same_id_is_another_one()
    {
        var sessionId = _journal.Open();

        Own(sessionId, ProcessIdentity.Current with { Start = "earlier" });

        Assert.Equal(SessionOwner.Orphaned, _journal.OwnerOf(sessionId));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    public void A_session_without_a_known_owner_is_left_over(string owner)
    {
        var sessionId = _journal.Open();

        File.WriteAllText(Path.Combine(FolderOf(sessionId), "owner.json"), owner);

        Assert.Equal(SessionOwner.Orphaned, _journal.OwnerOf(sessionId));
    }

    [Fact]
    public void What_dead_processes_had_begun_is_swept_and_nothing_else()
    {
        var dead = ProcessIdentity.Current with { Start = "earlier" };
        var begun = _journal.Open();
        File.WriteAllText(_journal.KeyPathOf(begun), "a key");
        Own(begun, dead);
        var started = _journal.Open();
        _journal.Write(SampleEntry.Of(started));
        Own(started, dead);
        var mine = _journal.Open();
        var young = Unowned(DateTime.UtcNow);
        var old = Unowned(DateTime.UtcNow.AddHours(-2));
        Directory.CreateDirectory(FolderOf("not-a-session"));
        Directory.SetLastWriteTimeUtc(FolderOf("not-a-session"), DateTime.UtcNow.AddHours(-2));

        _journal.Sweep();

        Assert.False(Directory.Exists(FolderOf(begun)));
        Assert.False(Directory.Exists(FolderOf(old)));
        Assert.All([started, mine, young, "not-a-session"], id => Assert.True(Directory.Exists(FolderOf(id)), id));
    }

    [Fact]
    public async Task Any_number_may_open_write_list_and_close_at_once()
    {
        var shared = _journal.Open();
        _journal.Write(SampleEntry.Of(shared));

        await Parallel.ForAsync(0, 200, (number, _) =>
        {
            Journal journal = new(_folder["state/sessions"]);
            var sessionId = journal.Open();
            journal.Write(SampleEntry.Of(sessionId));
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

    private string Unowned(DateTime lastWrite)
    {
        var sessionId = _journal.Open();
        File.Delete(Path.Combine(FolderOf(sessionId), "owner.json"));
        Directory.SetLastWriteTimeUtc(FolderOf(sessionId), lastWrite);
        return sessionId;
    }

    private void Own(string sessionId, ProcessIdentity owner) => File.WriteAllText(
        Path.Combine(FolderOf(sessionId), "owner.json"), JsonSerializer.Serialize(owner, JsonSerializerOptions.Web));

    private string FolderOf(string sessionId) => Path.Combine(_folder["state/sessions"], sessionId);
}
