using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Tunnels;

namespace EcsFargateLogin.EndToEnd.Transfers;

/// <summary>Copy-FargateItem over the master connection of a session.</summary>
public sealed class SharedCopyTests : CopyTest
{
    [Theory]
    [InlineData("sftp")]
    [InlineData("tar")]
    public async Task Copies_to_a_session_that_goes_on_share_a_connection_which_ends_with_the_session(string method)
    {
        await using var me = await StartAsync();
        var file = Folder.Write("file", "content");
        var session = me.Run($"$session = {NewSession(method)} -Wait; $session | Copy-FargateItem '{file}' one 3>$null; $session").Output[^1];
        var key = session.Text("KeyPath");
        var content = await File.ReadAllBytesAsync(key);

        // Without the key nothing can log in.
        await File.WriteAllTextAsync(key, "");
        var copies = me.Run(
            $"""
            $session | Copy-FargateItem '{file}' two 3>$null
            $session | Copy-FargateItem one, two '{Folder.Path}' -FromSession 3>$null
            """);
        await File.WriteAllBytesAsync(key, content);

        Assert.Empty(copies.Errors);
        Assert.Equal("content", await File.ReadAllTextAsync(Path.Combine(Folder.Path, "two")));
        Assert.NotEmpty(Masters(key));
        me.Run("$session | Stop-FargateSession");
        await Eventually.BecomesAsync(() => Masters(key).Count == 0, () => string.Join(", ", Masters(key)));
        await me.HasLeftNothingAsync();
    }

    [Theory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    public async Task A_master_connection_that_has_died_is_replaced(string signal)
    {
        await using var me = await StartAsync();
        var file = Folder.Write("file", "content");
        var key = me.Run($"$session = New-FargateSession -Wait; $session | Copy-FargateItem '{file}' one; $session").Output[^1].Text("KeyPath");
        var master = Assert.Single(Masters(key));
        SshProcesses.Signal(master, signal);
        await Eventually.BecomesAsync(() => !Masters(key).Contains(master), () => $"{master} runs.");

        var run = me.Run($"$session | Copy-FargateItem one '{Folder.Path}' -FromSession");

        Assert.Empty(run.Errors);
        Assert.Equal("content", await File.ReadAllTextAsync(Path.Combine(Folder.Path, "one")));
        Assert.NotEqual(master, Assert.Single(Masters(key)));
        me.Run("$session | Stop-FargateSession");
        await me.HasLeftNothingAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_master_connection_that_is_lost_in_a_copy_interrupts_it_and_the_next_one_resumes_it(bool fromSession)
    {
        await using var me = await StartAsync();
        var source = Folder.Write("big", new string('x', 100_000_000));
        var back = Path.Combine(Folder.Path, "back");
        var upload = $"$session | Copy-FargateItem '{source}' big";
        var copy = fromSession ? $"$session | Copy-FargateItem big '{back}' -FromSession" : $"{upload}2";
        var key = me.Run($"$session = New-FargateSession -Wait; {upload}; $session").Output[^1].Text("KeyPath");
        var run = me.Start(copy);
        await Eventually.BecomesAsync(
            () => run.Progress.Any(record => record.Activity.StartsWith("Copying", StringComparison.Ordinal)), () => string.Join(", ", run.Errors));
        Masters(key).ToList().ForEach(master => SshProcesses.Signal(master, "KILL"));

        await run.Completion;

        Assert.StartsWith("CopyInterrupted,", Assert.Single(run.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(me.Run(copy).Errors);
        me.Run("$session | Stop-FargateSession");
        await me.HasLeftNothingAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ctrl_C_does_not_wait_for_a_master_connection_that_hangs(bool fromSession)
    {
        await using var me = await StartAsync();
        var source = Folder.Write("big", new string('x', 20_000_000));
        var back = Path.Combine(Folder.Path, "back");
        var key = me.Run($"$session = New-FargateSession -Wait; $session | Copy-FargateItem '{source}' big; $session").Output[^1].Text("KeyPath");
        var master = Assert.Single(Masters(key));
        SshProcesses.Signal(master, "STOP");
        try
        {
            var run = me.Start(fromSession ? $"$session | Copy-FargateItem big '{back}' -FromSession" : $"$session | Copy-FargateItem '{source}' big2");
            await Eventually.BecomesAsync(() => SshProcesses.With(key, "\0sftp").Count > 0, () => string.Join(", ", run.Errors));

            run.Stop();

            Assert.Empty(SshProcesses.With(key, "\0sftp"));
            Assert.False(File.Exists(back));
        }
        finally
        {
            SshProcesses.Signal(master, "CONT");
        }

        me.Run("$session | Stop-FargateSession");
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task The_steps_of_a_copy_by_tar_share_a_connection_even_where_the_session_ends_with_it()
    {
        await using var me = await StartAsync();
        var count = Path.Combine(me.StateHome, "count");
        var counting = $"bash -c 'echo >>{count}; exec 3<>/dev/tcp/%h/%p; cat <&3 & exec cat >&3'";
        Folder.Write("tree/a", "content");
        Folder.Write("tree/b", "content");

        var run = me.Run($"New-FargateSession plain | Copy-FargateItem '{Folder.Path}/tree' there -Recurse -ProxyCommand $args[0] 3>$null", counting);

        Assert.Empty(run.Errors);
        // A probe or more, the one that finds no SFTP server, and the master.
        var connections = File.ReadAllLines(count).Length;
        Assert.InRange(connections, 2, 4);
        await me.HasLeftNothingAsync();
    }

    private static IReadOnlyList<int> Masters(string key) => SshProcesses.With(key, "ControlMaster=yes");
}
