using System.Security.Cryptography;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Engine;
using LocalFargate;
using LocalFargate.Faults;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.EcsExec;

/// <summary>Copy-FargateItem by ECS Exec.</summary>
public sealed class EcsExecCopyTests : IAsyncLifetime, IDisposable
{
    private const string Start = "$session = New-FargateSession -Transport EcsExec -Wait\n";

    private readonly TemporaryFolder _folder = new();
    private Operator _me = null!;

    // A busy machine may take longer than the agent waits to connect again after a cut, and what was printed is lost then.
    public async Task InitializeAsync() => _me = await Operator.StartAsync(
        new LocalFargateOptions { SessionManager = new SessionManagerOptions { DrainLimit = TimeSpan.FromSeconds(30) } });

    public async Task DisposeAsync() => await _me.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_byte_name_permission_and_time_arrives_there_and_back()
    {
        var time = new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(value => (byte)value), .. RandomNumberGenerator.GetBytes(500_000)];
        string[] names = ["-dash", "empty", "käse", "new\nline", "quo'te\"s $(x)"];
        foreach (var name in names)
        {
            var file = _folder.Write($"tree/sub/{name}", "");
            await File.WriteAllBytesAsync(file, name == "empty" ? [] : bytes);
            File.SetUnixFileMode(file, UnixFileMode.UserRead);
            File.SetLastWriteTimeUtc(file, time);
        }

        Directory.SetLastWriteTimeUtc(Path.Combine(_folder.Path, "tree", "sub"), time);

        var run = _me.Run(
            """
            param($folder)
            $session = New-FargateSession -Transport EcsExec
            $session | Copy-FargateItem $folder/tree -Recurse -KeepSession
            $session | Copy-FargateItem $folder/tree/sub/käse /tmp/copy -KeepSession
            $session | Copy-FargateItem $folder/tree/sub/käse /tmp/copy -KeepSession
            $session | Copy-FargateItem tree $folder/back -FromSession -Recurse -KeepSession -PassThru
            $session | Copy-FargateItem '/tmp/c*y', '~/t*/s*/-*' $folder -FromSession -PassThru
            $session | Stop-FargateSession
            """,
            _folder.Path);

        Assert.Empty(run.Errors);
        Assert.Empty(run.Warnings);
        Assert.All(run.Output, item => Assert.Equal("tar", item.Text("Method")));
        var back = Path.Combine(_folder.Path, "back", "sub");
        Assert.Equal(names, Directory.GetFiles(back).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(Directory.GetFiles(back), file =>
        {
            Assert.Equal((UnixFileMode.UserRead, time), (File.GetUnixFileMode(file), File.GetLastWriteTimeUtc(file)));
            Assert.Equal(file.EndsWith("empty", StringComparison.Ordinal) ? [] : bytes, File.ReadAllBytes(file));
        });
        Assert.Equal(time, Directory.GetLastWriteTimeUtc(back));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(_folder.Path, "copy")));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(_folder.Path, "-dash")));
        Assert.All(_me.Fargate.Sessions, session => Assert.Equal((SessionStatus.Ended, 0), (session.Status, session.Violations.Count)));
        await _me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_large_file_does_not_see_a_cut_channel()
    {
        var source = _folder.Write("big", "");
        var bytes = RandomNumberGenerator.GetBytes(20_000_000);
        await File.WriteAllBytesAsync(source, bytes);
        _me.Fargate.Faults.Add(new ChannelCut { Direction = ChannelDirection.ToAgent, Sequence = 700 });
        _me.Fargate.Faults.Add(new ChannelCut { Direction = ChannelDirection.ToClient, Sequence = 300 });

        var run = _me.Run(Start + """
            $session | Copy-FargateItem "$($args[0])/big" -KeepSession
            Invoke-FargateCommand -Session $session 'cd; sha256sum <big; head -c 800000 big >part'
            $session | Copy-FargateItem part $args[0] -FromSession
            $session | Stop-FargateSession
            """, _folder.Path);

        Assert.Empty(run.Errors);
        Assert.StartsWith(Convert.ToHexStringLower(SHA256.HashData(bytes)), Assert.Single(run.Output).ToString(), StringComparison.Ordinal);
        Assert.Equal(bytes[..800_000], await File.ReadAllBytesAsync(Path.Combine(_folder.Path, "part")));
        Assert.Equal(2, _me.Fargate.Sessions.Count(session => session.Connections > 1));
        await _me.HasLeftNothingAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ctrl_C_leaves_no_half_file_and_no_session(bool fromSession)
    {
        var running = await BeginSlowCopyAsync(fromSession);

        running.Stop();

        Assert.Empty(running.Output);
        await AssertNothingIsHalfAsync(fromSession);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lost_connection_is_an_error_that_says_why_and_leaves_no_half_file(bool fromSession)
    {
        var running = await BeginSlowCopyAsync(fromSession);

        _me.Fargate.EndSession(
            Assert.Single(_me.Fargate.Sessions, session => session.Status == SessionStatus.Open).Id, "Your session timed out.");
        await running.Completion;

        var error = Assert.Single(running.Errors);
        Assert.StartsWith("CopyInterrupted,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Your session timed out", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("is not kept", error.Exception.Message, StringComparison.Ordinal);
        await AssertNothingIsHalfAsync(fromSession);
    }

    [Fact]
    public async Task A_task_that_stops_ends_the_copy_and_says_why()
    {
        var running = await BeginSlowCopyAsync(fromSession: false);

        _me.Fargate.InterruptTask(Assert.Single(_me.Fargate.Tasks).Arn, "SpotInterruption", "Your Spot Task was interrupted.");
        await running.Completion;

        var error = Assert.Single(running.Errors);
        Assert.StartsWith("CopyInterrupted,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Your Spot Task was interrupted", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("may be left", error.Exception.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task What_cannot_be_copied_is_an_error()
    {
        _folder.Write("etc", "content");

        var errors = _me.ErrorsOf(Start + """
            $folder = $args[0]
            $session | Copy-FargateItem $folder/etc / -KeepSession
            $session | Copy-FargateItem $folder/etc /nowhere/file -KeepSession
            $session | Copy-FargateItem $folder/etc /proc/etc -KeepSession
            $session | Copy-FargateItem /nothing, '/etc/*.nothing', /etc, /dev/null $folder -FromSession -KeepSession
            $session | Copy-FargateItem -LiteralPath '/etc/*.conf' -Destination $folder -FromSession -KeepSession
            Invoke-FargateCommand -Session $session 'for p in tar stty; do p=$(command -v $p); mv "$p" "$p.gone"; done'
            $session | Copy-FargateItem $folder/etc b
            $session | Stop-FargateSession
            """, _folder.Path);

        Assert.Equal(
            [
                "CopyFailed", "InvalidDestination", "CopyFailed", "ItemNotFound", "ItemNotFound", "CopyFailed", "CopyFailed",
                "ItemNotFound", "CopyUnavailable",
            ],
            errors.Select(error => error.Id.Split(',')[0]));
        Assert.Contains("'/etc' is a folder", errors[0].Message, StringComparison.Ordinal);
        Assert.Contains("Cannot open", errors[2].Message, StringComparison.Ordinal);
        Assert.Contains("'/etc/*.nothing'", errors[3].Message, StringComparison.Ordinal);
        Assert.Contains("its image has no tar, stty", errors[^1].Message, StringComparison.Ordinal);
        await _me.HasLeftNothingAsync();
    }

    /// <summary>Begins a copy that takes minutes, as $session, and returns in the middle of it.</summary>
    private async Task<Invocation> BeginSlowCopyAsync(bool fromSession)
    {
        const int messages = 300;
        var source = _folder.Write("source", new string('x', 20_000_000));
        Assert.Empty(_me.Run(Start + "Invoke-FargateCommand -Session $session 'cd; head -c 20000000 /dev/zero >there'").Errors);
        _me.Fargate.Faults.Add(new ChannelSlow { Interval = TimeSpan.FromMilliseconds(5) });
        var running = _me.Start(
            (fromSession ? "$session | Copy-FargateItem there $args[1] -FromSession" : "$session | Copy-FargateItem $args[0] big") + " -KeepSession",
            source, Path.Combine(_folder.Path, "back"));
        await Eventually.BecomesAsync(
            () => _me.Fargate.Sessions.Any(session => (fromSession ? session.MessagesFromAgent : session.MessagesFromClient) > messages),
            () => string.Join(", ", running.Errors));
        return running;
    }

    private async Task AssertNothingIsHalfAsync(bool fromSession)
    {
        _me.Fargate.Faults.Clear();
        Assert.All(_me.Fargate.Sessions, session => Assert.Equal(SessionStatus.Ended, session.Status));
        var left = _me.Run("Invoke-FargateCommand -Session $session 'cd; ls'; $session | Stop-FargateSession");
        Assert.Equal("there", Assert.Single(left.Output).ToString());
        Assert.Equal("source", Assert.Single(Directory.GetFiles(_folder.Path).Select(Path.GetFileName)));
        Assert.True(fromSession || _me.Fargate.Sessions.Count > 2, "The clean-up needs a session of its own.");
        await _me.HasLeftNothingAsync();
    }
}
