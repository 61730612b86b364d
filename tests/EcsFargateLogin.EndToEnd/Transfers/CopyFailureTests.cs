using System.Diagnostics;
using EcsFargateLogin.EndToEnd.Cmdlets;

namespace EcsFargateLogin.EndToEnd.Transfers;

/// <summary>Copy-FargateItem, by SFTP and by tar: what may not, cannot or shall not be copied.</summary>
public sealed class CopyFailureTests : CopyTest
{
    [Theory]
    [InlineData("sftp")]
    [InlineData("tar")]
    public async Task What_the_user_may_not_do_there_is_an_error_each(string method)
    {
        await using var me = await StartAsync();
        var file = Folder.Write("file", "content");

        var errors = me.ErrorsOf(
            $$"""
            $session = {{NewSession(method)}} -UserName games -Command sh, -c, "usermod -s /bin/sh games; exec {{ScriptOf(method)}}"
            $session | Copy-FargateItem '{{file}}' /etc/file -KeepSession 3>$null
            $session | Copy-FargateItem /etc/shadow, /etc/passwd '{{Folder.Path}}' -FromSession 3>$null
            $session | Stop-FargateSession
            """);

        Assert.Equal([file, "/etc/shadow"], errors.Select(error => error.Target));
        Assert.All(errors, error => Assert.StartsWith("CopyFailed,", error.Id, StringComparison.Ordinal));
        Assert.All(errors, error => Assert.Matches("may not do that|Permission denied|failure status", error.Message));
        Assert.Equal(["file", "passwd"], Directory.GetFiles(Folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        await me.HasLeftNothingAsync();
    }

    [Theory]
    [InlineData("sftp")]
    [InlineData("tar")]
    public async Task Pipes_and_devices_are_refused_where_they_are_named_and_left_out_ofFolders(string method)
    {
        await using var me = await StartAsync();
        Folder.Write("tree/file", "content");
        using (var made = Process.Start("mkfifo", [Path.Combine(Folder.Path, "tree", "pipe")]))
        {
            await made.WaitForExitAsync();
        }

        var run = me.Run(
            $$"""
            $folder = '{{Folder.Path}}'
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
        Assert.Equal(["file"], Directory.GetFileSystemEntries(Path.Combine(Folder.Path, "back")).Select(Path.GetFileName));
        Assert.Empty(Directory.GetFiles(Folder.Path));
        await me.HasLeftNothingAsync();
    }

    [Theory]
    [InlineData("sftp")]
    [InlineData("tar")]
    public async Task What_is_at_the_destination_is_written_to_and_stays_what_it_is(string method)
    {
        await using var me = await StartAsync();
        var file = Folder.Write("new", "new");
        Folder.Write("tree/in", "in");
        var old = Folder.Write("here/old", "old and longer");
        File.CreateSymbolicLink(Path.Combine(Folder.Path, "here", "link"), "old");

        var run = me.Run(
            $$"""
            $folder = '{{Folder.Path}}'
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
        Assert.Equal("old", new FileInfo(Path.Combine(Folder.Path, "here", "link")).LinkTarget);
        Assert.Equal(["link", "old"], Directory.GetFiles(Path.Combine(Folder.Path, "here")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        await me.HasLeftNothingAsync();
    }
}
