using System.Management.Automation;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Engine;

namespace EcsFargateLogin.EndToEnd.Transfers;

/// <summary>Copy-FargateItem over SFTP.</summary>
public sealed class CopyTests
{
    private static readonly DateTime Old = new(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    /// <summary>Names that would mean something to a shell, to sftp's batches or to PowerShell.</summary>
    private static readonly string[] OddNames =
        ["-dash", "two words", "quo'te\"s", "new\nline", "$(date);`", "*", "[a]", "back\\slash", "größe", ".hidden"];

    [Fact]
    public async Task A_folder_goes_there_and_back_with_all_its_names_permissions_and_times()
    {
        using TemporaryFolder folder = new();
        await using var me = await Operator.StartAsync();
        var source = Directory.CreateDirectory(Path.Combine(folder.Path, "tree", "sub")).Parent!.FullName;
        foreach (var name in OddNames)
        {
            await File.WriteAllTextAsync(Path.Combine(source, "sub", name), $"content of {name}");
            File.SetUnixFileMode(Path.Combine(source, "sub", name), UnixFileMode.UserRead | UnixFileMode.GroupExecute);
            File.SetLastWriteTimeUtc(Path.Combine(source, "sub", name), Old);
        }

        await File.WriteAllTextAsync(Path.Combine(source, "empty"), "");
        Directory.CreateSymbolicLink(Path.Combine(source, "sub", "loop"), source);
        Directory.SetLastWriteTimeUtc(Path.Combine(source, "sub"), Old);

        var run = me.Run(
            """
            param($source, $back)
            $session = New-FargateSession
            $session | Copy-FargateItem $source /tmp/copy -Recurse -KeepSession -WarningVariable said 3>$null
            $session | Copy-FargateItem /tmp/copy $back -FromSession -Recurse -PassThru
            "$said"
            $session | Stop-FargateSession
            """,
            source,
            Path.Combine(folder.Path, "back"));

        Assert.Empty(run.Errors);
        Assert.Contains("loop' is left out", run.Output[^1].ToString(), StringComparison.Ordinal);
        Assert.All(run.Output.SkipLast(1), item => Assert.Equal("sftp", item.Text("Method")));
        var copy = Path.Combine(folder.Path, "back", "sub");
        Assert.Equal(OddNames.Order(StringComparer.Ordinal), Directory.GetFiles(copy).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(OddNames, name =>
        {
            var file = Path.Combine(copy, name);
            Assert.Equal($"content of {name}", File.ReadAllText(file));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupExecute, File.GetUnixFileMode(file));
            Assert.Equal(Old, File.GetLastWriteTimeUtc(file));
        });
        Assert.Equal(Old, Directory.GetLastWriteTimeUtc(copy));
        Assert.Equal(0, new FileInfo(Path.Combine(folder.Path, "back", "empty")).Length);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Wildcards_choose_on_both_sides_and_literal_paths_mean_what_they_say()
    {
        using TemporaryFolder folder = new();
        await using var me = await Operator.StartAsync();
        foreach (var name in (string[])["a1.txt", "a2.txt", "b.txt", "[a]1.txt"])
        {
            await File.WriteAllTextAsync(Path.Combine(folder.Path, name), name);
        }

        var back = Directory.CreateDirectory(Path.Combine(folder.Path, "back")).FullName;
        var run = me.Run(
            """
            param($folder, $back)
            $session = New-FargateSession
            $session | Copy-FargateItem "$folder/[ab]*.txt" -KeepSession
            $session | Copy-FargateItem -LiteralPath "$folder/[a]1.txt" -Destination ~/ -KeepSession
            $session | Copy-FargateItem 'a?.txt', '/etc/host[n]ame' $back -FromSession -KeepSession
            $session | Copy-FargateItem -LiteralPath '[a]1.txt' -Destination $back -FromSession
            """,
            folder.Path,
            back);

        Assert.Empty(run.Errors);
        Assert.Equal(
            ["[a]1.txt", "a1.txt", "a2.txt", "hostname"],
            Directory.GetFiles(back).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_lost_connection_has_brought_is_kept_under_another_name_and_gone_on_with(bool fromSession)
    {
        using TemporaryFolder folder = new();
        await using var me = await Operator.StartAsync();
        var content = new byte[20_000_000];
        Random.Shared.NextBytes(content);
        var source = Path.Combine(folder.Path, "big");
        var back = Path.Combine(folder.Path, "back");
        await File.WriteAllBytesAsync(source, content);
        var session = Assert.Single(me.Run("$session = New-FargateSession; $session").Output);
        // Somebody is logged in all the time, so that the container goes on.
        me.Run("$tunnel = $session | Start-FargateTunnel -Socks -KeepSession");
        var breaking = fromSession
            ? "exec 3<>/dev/tcp/%h/%p; dd bs=64k count=10000000 iflag=count_bytes <&3 & exec cat >&3"
            : "exec 3<>/dev/tcp/%h/%p; cat <&3 & exec dd bs=64k count=10000000 iflag=count_bytes >&3";
        var copy = fromSession ? $"Copy-FargateItem big '{back}' -FromSession" : $"Copy-FargateItem '{source}' big";
        if (fromSession)
        {
            me.Run($"$session | Copy-FargateItem '{source}' -KeepSession");
        }

        var error = me.ErrorOf($"$session | {copy} -KeepSession -Option $args[0]", $"ProxyCommand=bash -c '{breaking}'");

        error.Is("CopyInterrupted", ErrorCategory.ConnectionError, fromSession ? "big" : source);
        Assert.Matches(@"is kept as '[^']*\.[0-9a-f]{8}\.part'", error.Message);
        Assert.False(File.Exists(back));
        var again = Assert.Single(me.Run($"$session | {copy} -KeepSession -PassThru").Output);
        Assert.InRange((long)again.Properties["ResumedAt"].Value, 1, content.Length - 1);
        if (!fromSession)
        {
            me.Run($"$session | Copy-FargateItem big '{back}' -FromSession -KeepSession");
        }

        Assert.Equal(content, await File.ReadAllBytesAsync(back));
        Assert.Empty(Directory.GetFiles(folder.Path, "*.part"));
        me.Run("$tunnel | Stop-FargateTunnel; $args[0] | Stop-FargateSession", session);
    }

    [Theory]
    [InlineData("Get-ChildItem $folder -File")]
    [InlineData("[IO.DirectoryInfo]::new($folder).GetFiles()")]
    [InlineData("Get-Item $folder/[ab]*.txt")]
    public async Task Files_come_down_the_pipeline_and_are_copied_together(string files)
    {
        using TemporaryFolder folder = new();
        await using var me = await Operator.StartAsync();
        foreach (var name in (string[])["a.txt", "b.txt", "[b]c.txt"])
        {
            await File.WriteAllTextAsync(Path.Combine(folder.Path, name), name);
        }

        var run = me.Run(
            $$"""
            param($folder)
            $session = New-FargateSession
            {{files}} | Copy-FargateItem -Destination /srv -Session $session -PassThru -KeepSession -Verbose |
                ForEach-Object Destination | Sort-Object
            @() | Copy-FargateItem -Destination /srv -Session $session -KeepSession
            $session | Stop-FargateSession
            """,
            folder.Path);

        Assert.Empty(run.Errors);
        var expected = files.Contains("[ab]", StringComparison.Ordinal) ? 2 : 3;
        Assert.Equal(expected, run.Output.Count);
        Assert.All(run.Output, path => Assert.Matches(@"^/srv/(\[b\]c|a|b)\.txt$", path.ToString()));
        Assert.Single(run.Verbose, line => line.Contains("copying by SFTP", StringComparison.Ordinal));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task What_cannot_be_copied_is_an_error_each_and_the_rest_is_copied()
    {
        using TemporaryFolder folder = new();
        await using var me = await Operator.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "file"), "content");
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "etc"), "content");

        var errors = me.ErrorsOf(
            """
            $folder = $args[0]
            $session = New-FargateSession
            $session | Copy-FargateItem $folder /tmp -KeepSession
            $session | Copy-FargateItem $folder/file /nowhere/ -KeepSession
            $session | Copy-FargateItem $folder/file, $folder/etc / -KeepSession
            $session | Copy-FargateItem /etc, /nothing, /file $folder -FromSession
            $session | Stop-FargateSession
            """,
            folder.Path);

        errors[0].Is("CopyFailed", ErrorCategory.WriteError, folder.Path);
        Assert.Contains("-Recurse", errors[0].NextStep, StringComparison.Ordinal);
        errors[1].Is("InvalidDestination", ErrorCategory.InvalidArgument, "/nowhere/");
        Assert.Contains("'/etc' is a folder", errors[2].Message, StringComparison.Ordinal);
        errors[3].Is("CopyFailed", ErrorCategory.WriteError, "/etc");
        errors[4].Is("ItemNotFound", ErrorCategory.ObjectNotFound, "/nothing");
        Assert.Equal(5, errors.Count);
        await me.HasLeftNothingAsync();
    }
}
