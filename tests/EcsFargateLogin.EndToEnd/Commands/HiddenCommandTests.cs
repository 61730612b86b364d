using EcsFargateLogin.EndToEnd.Cmdlets;

namespace EcsFargateLogin.EndToEnd.Commands;

/// <summary>Invoke-FargateCommand: what others see of a command, and what a command sees of its way.</summary>
public sealed class HiddenCommandTests
{
    [Theory]
    [InlineData("'echo begun; sleep 600; :' -ArgumentList SECRET", true)]
    [InlineData("'echo begun; sleep 600; :' -ArgumentList SECRET", false)]
    [InlineData("'word=SECRET; echo begun; sleep 600'", true)]
    public async Task What_is_typed_is_in_no_argument_list_and_no_log(string command, bool isKept)
    {
        await using var me = await Operator.StartAsync();
        var secret = $"s3cret-{Guid.NewGuid():N}";
        me.Run("$session = New-FargateSession -Wait");
        var run = me.Start(
            $"Invoke-FargateCommand -Session $session {command.Replace("SECRET", secret, StringComparison.Ordinal)} -KeepSession:${isKept}");
        await Eventually.BecomesAsync(() => run.Output.Count > 0, () => "Nothing was printed.");
        var folder = Operator.SharedFolderOf(me.Fargate.Tasks[0].StartedBy!);

        var commandLines = CommandLines();
        Assert.Contains(commandLines, line => line.Split('\0')[0].EndsWith("ssh", StringComparison.Ordinal) && line.Contains(folder, StringComparison.Ordinal));
        Assert.DoesNotContain(commandLines, line => line.Contains(secret, StringComparison.Ordinal));
        var logs = Directory.GetFiles(folder, "*.log");
        Assert.NotEmpty(logs);
        Assert.All(logs, log => Assert.DoesNotContain(secret, ReadShared(log), StringComparison.Ordinal));

        run.Stop();
        Assert.Empty(run.Errors);
        me.Run("$session | Stop-FargateSession -ErrorAction Ignore");
        await me.LeftNothingAsync();
    }

    private static List<string> CommandLines() =>
        [.. Directory.GetDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])).Select(CommandLineOf)];

    private static string CommandLineOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string ReadShared(string file)
    {
        using StreamReader reader = new(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }
}
