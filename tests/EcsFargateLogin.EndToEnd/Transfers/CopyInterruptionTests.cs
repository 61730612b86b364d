using System.Text.RegularExpressions;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Engine;
using EcsFargateLogin.EndToEnd.Tunnels;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Transfers;

/// <summary>Copy-FargateItem, by SFTP and by tar: copies that are stopped, cut off, or run out of space.</summary>
public sealed class CopyInterruptionTests : CopyTest
{
    [Theory]
    [InlineData("sftp", true)]
    [InlineData("sftp", false)]
    [InlineData("tar", true)]
    [InlineData("tar", false)]
    public async Task Ctrl_C_leaves_no_half_file_under_its_name_and_no_process(string method, bool fromSession)
    {
        await using var me = await StartAsync();
        var source = Folder.Write("big", new string('x', 20_000_000));
        var back = Path.Combine(Folder.Path, "back");
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
            ? Directory.GetFiles(Folder.Path).Select(path => Path.GetFileName(path)!)
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
        var disk = Directory.CreateDirectory(Path.Combine(Folder.Path, "disk")).FullName;
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
        var source = Folder.Write("big", new string('x', 20_000_000));
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
}
