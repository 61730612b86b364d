using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Engine;
using EcsFargateLogin.EndToEnd.Open;

namespace EcsFargateLogin.EndToEnd.Transfers;

/// <summary>Copy-FargateItem to and from an image without an SFTP server.</summary>
public sealed class TarCopyTests
{
    [Fact]
    public async Task Tar_copies_there_and_back_with_names_permissions_and_times_and_says_so()
    {
        using PlainSshdImage image = new();
        using TemporaryFolder folder = new();
        await using var me = await Operator.StartAsync(image.Options);
        me.Fargate.RegisterTaskDefinition(PlainSshdImage.TaskDefinition("plain", PlainSshdImage.Command));
        var time = new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        foreach (var name in (string[])["sub/-dash", "sub/new\nline", "sub/quo'te\"s $(x)", "sub/empty"])
        {
            var file = folder.Write($"tree/{name}", name == "sub/empty" ? "" : new string('x', 100_000));
            File.SetUnixFileMode(file, UnixFileMode.UserRead);
            File.SetLastWriteTimeUtc(file, time);
        }

        Directory.SetLastWriteTimeUtc(Path.Combine(folder.Path, "tree", "sub"), time);
        var single = folder.Write("-one", "one");

        var run = me.Run(
            """
            param($folder)
            $session = New-FargateSession plain
            $session | Copy-FargateItem $folder/tree -Recurse -KeepSession -WarningVariable said 3>$null
            $session | Copy-FargateItem $folder/-one /tmp/-copy -KeepSession 3>$null
            $session | Copy-FargateItem tree $folder/back -FromSession -Recurse -KeepSession -PassThru 3>$null
            $session | Copy-FargateItem /tmp/-copy, /etc/passwd $folder -FromSession -PassThru 3>$null
            $session | Stop-FargateSession
            "$said"
            """,
            folder.Path);

        Assert.Empty(run.Errors);
        Assert.Contains("The image has no SFTP server: tar copies", run.Output[^1].ToString(), StringComparison.Ordinal);
        Assert.All(run.Output.SkipLast(1), item => Assert.Equal("tar", item.Text("Method")));
        var back = Path.Combine(folder.Path, "back", "sub");
        Assert.Equal(
            ["-dash", "empty", "new\nline", "quo'te\"s $(x)"], Directory.GetFiles(back).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(Directory.GetFiles(back), file =>
        {
            Assert.Equal((UnixFileMode.UserRead, time), (File.GetUnixFileMode(file), File.GetLastWriteTimeUtc(file)));
            Assert.Equal(file.EndsWith("empty", StringComparison.Ordinal) ? 0 : 100_000, new FileInfo(file).Length);
        });
        Assert.Equal(time, Directory.GetLastWriteTimeUtc(back));
        Assert.Equal("one", await File.ReadAllTextAsync(Path.Combine(folder.Path, "-copy")));
        Assert.StartsWith("root:", await File.ReadAllTextAsync(Path.Combine(folder.Path, "passwd")), StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task What_tar_cannot_copy_is_an_error()
    {
        using PlainSshdImage image = new();
        using TemporaryFolder folder = new();
        await using var me = await Operator.StartAsync(image.Options);
        me.Fargate.RegisterTaskDefinition(PlainSshdImage.TaskDefinition("plain", PlainSshdImage.Command));
        var file = folder.Write("etc", "content");

        var errors = me.ErrorsOf(
            """
            $folder = $args[0]
            $session = New-FargateSession plain
            $session | Copy-FargateItem $folder/etc / -KeepSession 3>$null
            $session | Copy-FargateItem $folder/etc /nowhere/file -KeepSession 3>$null
            $session | Copy-FargateItem /nothing, /etc $folder -FromSession 3>$null
            $session | Stop-FargateSession
            """,
            folder.Path);

        Assert.Equal(["CopyFailed", "InvalidDestination", "ItemNotFound", "CopyFailed"], errors.Select(error => error.Id.Split(',')[0]));
        Assert.Contains("'/etc' is a folder", errors[0].Message, StringComparison.Ordinal);
        Assert.Equal(file, errors[0].Target);
        Assert.Contains("-Recurse", errors[3].Message, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }
}
