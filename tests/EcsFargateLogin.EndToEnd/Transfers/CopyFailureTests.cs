using System.Diagnostics;
using System.Text.RegularExpressions;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Engine;
using EcsFargateLogin.EndToEnd.Open;
using EcsFargateLogin.EndToEnd.Tunnels;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Transfers;

/// <summary>Copy-FargateItem, by SFTP and by tar: what may not, cannot or shall not be copied.</summary>
public sealed class CopyFailureTests : IDisposable
{
    private readonly PlainSshdImage _image = new();
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("sftp")]
    [InlineData("tar")]
    public async Task What_the_user_may_not_do_there_is_an_error_each(string method)
    {
        await using var me = await StartAsync();
        var file = _folder.Write("file", "content");

        var errors = me.ErrorsOf(
            $$"""
            $session = {{NewSession(method)}} -UserName games -Command sh, -c, "usermod -s /bin/sh games; exec {{ScriptOf(method)}}"
            $session | Copy-FargateItem '{{file}}' /etc/file -KeepSession 3>$null
            $session | Copy-FargateItem /etc/shadow, /etc/passwd '{{_folder.Path}}' -FromSession 3>$null
            $session | Stop-FargateSession
            """);

        Assert.Equal([file, "/etc/shadow"], errors.Select(error => error.Target));
        Assert.All(errors, error => Assert.StartsWith("CopyFailed,", error.Id, StringComparison.Ordinal));
        Assert.All(errors, error => Assert.Matches("may not do that|Permission denied|failure status", error.Message));
        Assert.Equal(["file", "passwd"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        await me.HasLeftNothingAsync();
    }

    [Theory]
    [InlineData("sftp")]
    [InlineData("tar")]
    public async Task Pipes_and_devices_are_refused_where_they_are_named_and_left_out_of_folders(string method)
    {
        await using var me = await StartAsync();
        _folder.Write("tree/file", "content");
        using (var made = Process.Start("mkfifo", [Path.Combine(_folder.Path, "tree", "pipe")]))
        {
            await made.WaitForExitAsync();
        }

        var run = me.Run(
            $$"""
            $folder = '{{_folder.Path}}'
            $session = {{NewSession(method)}}
            $session | Copy-FargateItem $folder/tree/pipe, /dev/zero /tmp -KeepSession 3>$null
            $session | Copy-FargateItem /dev/zero /tmp -KeepSession 3>$null
            $session | Copy-FargateItem $folder/tree there -Recurse -KeepSession -PassThru -WarningVariable said 3>$null
            Invoke-FargateCommand -Session $session 'mkfifo there/pipe'
            $session | Copy-FargateItem there/pipe, /dev/zero $folder -FromSession -KeepSession 3>$null
            $session | Copy-FargateItem there $folder/back -FromSession -Recurse -PassThru -WarningVariable +said 3>$null
            $session | Stop-FargateSession
            "$said"
            """);

        var zero = method == "tar" ? 1 : 2;
        Assert.Equal(3 + zero, run.Errors.Count);
        Assert.All(run.Errors, error => Assert.Contains("is neither a file nor a folder", error.ToString(), StringComparison.Ordinal));
        Assert.Equal(2, run.Output[^1].ToString()!.Split("pipe' is left out").Length - 1);
        Assert.Equal(["file"], Directory.GetFileSystemEntries(Path.Combine(_folder.Path, "back")).Select(Path.GetFileName));
        Assert.Empty(Directory.GetFiles(_folder.Path));
        await me.HasLeftNothingAsync();
    }

    [Theory]
    [InlineData("sftp")]
    [InlineData("tar")]
    public async Task What_is_at_the_destination_is_written_to_and_stays_what_it_is(string method)
    {
        await using var me = await StartAsync();
        var file = _folder.Write("new", "new");
        _folder.Write("tree/in", "in");
        var old = _folder.Write("here/old", "old and longer");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "here", "link"), "old");

        var run = me.Run(
            $$"""
            $folder = '{{_folder.Path}}'
            $session = {{NewSession(method)}} -Wait 3>$null
            $copy = @{ Session = $session; KeepSession = $true; WarningAction = 'SilentlyContinue' }
            Invoke-FargateCommand -Session $session -Command @'
            mkdir -p /srv/there
            cd /srv/there
            echo old and longer >old
            chown nobody old
            chmod 640 old
            ln -s old link
            ln -s to-be dangling
            ln old hard
            mkfifo pipe
            mkdir -m 1777 tree
            '@
            foreach ($name in 'link', 'dangling', 'pipe') { Copy-FargateItem @copy '{{file}}' /srv/there/$name }
            Copy-FargateItem @copy '{{file}}' /dev/null
            Copy-FargateItem @copy $folder/tree /srv/there -Recurse
            Copy-FargateItem @copy /srv/there/hard $folder/here/link -FromSession
            Copy-FargateItem @copy /srv/there/hard /dev/null -FromSession
            Invoke-FargateCommand -Session $session 'cd /srv/there; cat old hard to-be; stat -c "%n %F %U %a" * /dev/null; ls tree'
            $session | Stop-FargateSession
            """);

        Assert.Contains("is a pipe or a socket", Assert.Single(run.Errors).ToString(), StringComparison.Ordinal);
        Assert.Equal(
            [
                "newnewnew" + "dangling symbolic link root 777", "hard regular file nobody 640", "link symbolic link root 777",
                "old regular file nobody 640", "pipe fifo root 644", "to-be regular file root 644", "tree directory root 1777",
                "/dev/null character special file root 666", "in",
            ],
            run.Output.Select(line => line.ToString()));
        Assert.Equal("new", await File.ReadAllTextAsync(old));
        Assert.Equal("old", new FileInfo(Path.Combine(_folder.Path, "here", "link")).LinkTarget);
        Assert.Equal(["link", "old"], Directory.GetFiles(Path.Combine(_folder.Path, "here")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        await me.HasLeftNothingAsync();
    }

    [Theory]
    [InlineData("sftp", true)]
    [InlineData("sftp", false)]
    [InlineData("tar", true)]
    [InlineData("tar", false)]
    public async Task Ctrl_C_leaves_no_half_file_under_its_name_and_no_process(string method, bool fromSession)
    {
        await using var me = await StartAsync();
        var source = _folder.Write("big", new string('x', 20_000_000));
        var back = Path.Combine(_folder.Path, "back");
        var stalled = Path.Combine(me.StateHome, "stalled");
        var half = $"dd bs=64k count=10000000 iflag=count_bytes status=none; read -r -N1 x && touch {stalled} && exec sleep 600";
        var stalling = fromSession
            ? $"exec 2>/dev/null 3<>/dev/tcp/%h/%p; {{ {half}; }} <&3 & cat >&3; kill $!"
            : $"exec 2>/dev/null 3<>/dev/tcp/%h/%p; cat <&3 & exec >&3; {half}; kill $!";
        me.Run($"$session = {NewSession(method)} -Wait; $session | Copy-FargateItem '{source}' there -KeepSession 3>$null");
        var copy = fromSession ? $"Copy-FargateItem there '{back}' -FromSession" : $"Copy-FargateItem '{source}' big";
        var run = me.Start($"$session | {copy} -KeepSession -Option $args[0] 3>$null", $"ProxyCommand=bash -c '{stalling}'");
        await Eventually.BecomesAsync(() => File.Exists(stalled), () => $"{string.Join(", ", run.Errors)} {run.TerminatingError}");

        run.Stop();

        Assert.Empty(run.Output);
        Assert.Empty(SshProcesses.With(stalled));
        var files = fromSession
            ? Directory.GetFiles(_folder.Path).Select(path => Path.GetFileName(path)!)
            : me.Run("Invoke-FargateCommand -Session $session 'ls'").Output.Select(line => line.ToString()!);
        var partial = fromSession ? @"^back\..*\.part$" : @"^big\..*\.part$";
        Assert.Equal(method == "sftp" ? 1 : 0, files.Count(file => Regex.IsMatch(file, partial)));
        Assert.DoesNotContain(fromSession ? "back" : "big", fromSession ? files : files.Where(file => file != "there"));
        Assert.Empty(me.Run($"$session | {copy} 3>$null; $session | Stop-FargateSession").Errors);
        await me.HasLeftNothingAsync();
    }

    [RootFact]
    public async Task With_no_space_left_here_no_file_has_its_name()
    {
        await using var me = await StartAsync();
        var disk = Directory.CreateDirectory(Path.Combine(_folder.Path, "disk")).FullName;
        var script = string.Concat(((string[])["sftp", "tar"]).Select(method =>
            $$"""
            $session = {{NewSession(method)}} -Wait 3>$null
            Invoke-FargateCommand -Session $session 'head -c 3000000 /dev/zero >big'
            try { $session | Copy-FargateItem big '{{disk}}/' -FromSession -KeepSession -ErrorAction Stop 3>$null } catch { "$_" }
            "here: $((Get-ChildItem '{{disk}}').Name)"
            Remove-Item '{{disk}}/*'
            $session | Stop-FargateSession

            """));

        var run = await EngineProcess.RunAsync(SmallDisk.Mount(me.Process(script), disk, "size=1m"));

        var lines = run.Output.TrimEnd().Split('\n');
        Assert.True(lines.Length == 4, run.Output + run.Error);
        Assert.All((int[])[0, 2], i => Assert.Contains("No space left", lines[i], StringComparison.Ordinal));
        Assert.Matches(@"^here: big\.[0-9a-f]{8}\.part$", lines[1]);
        Assert.Equal("here:", lines[3]);
        await me.LeftNothingAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lost_upload_by_tar_deletes_or_names_what_has_arrived(bool staysLost)
    {
        await using var me = await StartAsync();
        var source = _folder.Write("big", new string('x', 20_000_000));
        var lost = Path.Combine(me.StateHome, "lost");
        var losing = $"[ -e {lost} ] && exit 1; exec 2>/dev/null 3<>/dev/tcp/%h/%p; cat <&3 & "
            + $"dd bs=64k count=10000000 iflag=count_bytes status=none >&3; read -r -N1 x && {(staysLost ? $"touch {lost}" : "true")}; kill $!";
        me.Run($"$session = {NewSession("tar")} -Wait");

        var error = me.ErrorOf(
            $"$session | Copy-FargateItem '{source}' big -KeepSession -Option $args[0] 3>$null", $"ProxyCommand=bash -c '{losing}'");

        Assert.StartsWith("CopyInterrupted,", error.Id, StringComparison.Ordinal);
        var left = me.Run("Invoke-FargateCommand -Session $session 'ls'").Output.Select(line => line.ToString()!).ToArray();
        Assert.DoesNotContain("big", left);
        if (staysLost)
        {
            Assert.Contains($"'{Assert.Single(left, file => file.EndsWith(".part", StringComparison.Ordinal))}'", error.Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.DoesNotContain(left, file => file.EndsWith(".part", StringComparison.Ordinal));
            Assert.Contains("is not kept", error.Message, StringComparison.Ordinal);
        }

        me.Run("$session | Stop-FargateSession");
        await me.HasLeftNothingAsync();
    }

    public void Dispose()
    {
        _image.Dispose();
        _folder.Dispose();
    }

    private async Task<Operator> StartAsync()
    {
        var me = await Operator.StartAsync(_image.Options);
        me.Fargate.RegisterTaskDefinition(PlainSshdImage.TaskDefinition("plain", PlainSshdImage.Command));
        return me;
    }

    private static string NewSession(string method) => method == "tar" ? "New-FargateSession plain" : "New-FargateSession";

    private static string ScriptOf(string method) => method == "tar" ? PlainSshdImage.Command : "/usr/local/bin/start-sshd.sh";
}
