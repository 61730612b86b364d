using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.Transfers;

/// <summary>Copy-FargateItem by tar, where the connection is lost in one of its steps.</summary>
public sealed class LostTarCopyTests : CopyTest
{
    private const int MostSteps = 20;

    /// <param name="method">The way to the container.</param>
    /// <param name="fromSession">The direction.</param>
    /// <param name="times">The number of connections that are lost, one after the other: 2 for one of a step and that of its clean-up.</param>
    [Theory]
    [InlineData("ssh", true, 1)]
    [InlineData("ssh", false, 1)]
    [InlineData("ssh", false, 2)]
    [InlineData("EcsExec", true, 1)]
    [InlineData("EcsExec", false, 1)]
    [InlineData("EcsExec", false, 2)]
    public async Task A_connection_lost_in_any_step_interrupts_the_copy_and_leaves_no_half_file_under_its_name(
        string method, bool fromSession, int times)
    {
        await using var me = await StartAsync();
        Folder.Write("data/a1", new string('x', 100_000));
        Folder.Write("data/a2", new string('x', 100_000));
        var back = Directory.CreateDirectory(Path.Combine(Folder.Path, "back")).FullName;
        var start = method == "ssh" ? NewSession("tar") : "New-FargateSession -Transport EcsExec";
        var upload = $"$session | Copy-FargateItem '{Folder.Path}/data' there -Recurse -KeepSession 3>$null";
        var copy = fromSession ? $"$session | Copy-FargateItem 'there/*/a*' '{back}' -FromSession -KeepSession 3>$null" : upload;
        Assert.Empty(me.ErrorsOf(
            $"$session = {start} -Wait; Invoke-FargateCommand -Session $session 'cd; mkdir there'; {(fromSession ? upload : "")}"));

        var isLost = true;
        for (var step = 1; isLost; step++)
        {
            Assert.InRange(step, 1, MostSteps);
            SeenError[] errors;
            (errors, isLost) = Lose(me, method, copy, step, times);

            Assert.Equal(isLost ? ["CopyInterrupted"] : [], errors.Select(error => error.Id.Split(',')[0]));
            Assert.All(errors, error => Assert.Contains("while the task runs", error.Message, StringComparison.Ordinal));
            string[] files = [.. fromSession ? TakeHere(back) : TakeThere(me)];
            string[] named = [.. files.Where(file => !file.Contains(".part ", StringComparison.Ordinal))];
            Assert.All(named, file => Assert.Matches("^a[12] 100000$", file));
            Assert.True(isLost || files.Length == 2, string.Join(", ", files));
            Assert.True(
                named.Length == files.Length || (times == 2 && errors[0].Message.Contains("may be left as", StringComparison.Ordinal)),
                string.Join(", ", files));
        }

        Assert.Empty(me.ErrorsOf("$session | Stop-FargateSession"));
        await me.HasLeftNothingAsync();
    }

    /// <summary>Copies, and loses the connections of some steps.</summary>
    /// <returns>The errors, and whether the copy came so far.</returns>
    private static (SeenError[] Errors, bool IsLost) Lose(Operator me, string method, string copy, int step, int times)
    {
        if (method == "ssh")
        {
            // The first connection finds that there is no SFTP server.
            var count = Path.Combine(me.StateHome, $"count{step}");
            var losing = $"echo >>{count}; n=$(wc -l <{count}); [ $n -gt {step} ] && [ $n -le {step + times} ] && exit; "
                + "exec 2>/dev/null 3<>/dev/tcp/%h/%p; cat <&3 & exec cat >&3";
            var errors = me.ErrorsOf($"{copy} -Option $args[0]", $"ProxyCommand=bash -c '{losing}'");
            return ([.. errors], File.ReadAllLines(count).Length > step);
        }

        // The first messages to a program are its size and its script.
        var cut = me.Fargate.Faults.Add(
            new ChannelCut { Direction = ChannelDirection.ToAgent, Sequence = 1, Skips = step - 1, Times = times });
        me.Fargate.Faults.Add(new TokenExpired());
        var seen = me.ErrorsOf(copy);
        me.Fargate.Faults.Clear();
        return ([.. seen], cut.Uses > 0);
    }

    /// <summary>Takes away what a download has written.</summary>
    /// <returns>The names and sizes of the files.</returns>
    private static IEnumerable<string> TakeHere(string folder)
    {
        foreach (var file in new DirectoryInfo(folder).GetFiles())
        {
            yield return $"{file.Name} {file.Length}";
            file.Delete();
        }
    }

    /// <summary>Takes away what an upload has written.</summary>
    /// <returns>The names and sizes of the files.</returns>
    private static IEnumerable<string> TakeThere(Operator me) => me.Run(
        """Invoke-FargateCommand -Session $session 'cd; find there -type f -printf "%f %s\n"; rm -rf there/data'""")
        .Output.Select(line => line.ToString()!);
}
